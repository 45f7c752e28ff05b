namespace Parley.Cli;

/// <summary>What the exit code of every command says.</summary>
internal static class ExitCodes
{
    internal const int Success = 0;

    /// <summary>It did not work: network, server fault, missing file.</summary>
    internal const int Failure = 1;

    /// <summary>The command line makes no sense.</summary>
    internal const int Usage = 2;

    /// <summary>The server refused: key, model, setup.</summary>
    internal const int Refused = 3;
}
