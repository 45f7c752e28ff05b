namespace Parley.Server.Wire;

/// <summary>Maps close codes to a closed set for metrics and daily counts: peers choose among two thousand codes, and each would be a series for good.</summary>
internal static class CloseCodes
{
    /// <summary>The code if it is one of RFC 6455; 3000 and 4000 for those of libraries and applications; 0 for any other number.</summary>
    internal static int Bounded(int code) => code switch
    {
        >= 1000 and <= 1015 => code,
        >= 3000 and <= 3999 => 3000,
        >= 4000 and <= 4999 => 4000,
        _ => 0,
    };
}
