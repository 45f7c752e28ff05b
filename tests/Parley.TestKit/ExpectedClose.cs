using System.Text;

namespace Parley.TestKit;

/// <summary>The close a server must answer with.</summary>
/// <param name="Code">WebSocket close code.</param>
/// <param name="ReasonContains">Part of the reason; empty = any reason.</param>
/// <param name="AlternativeReasons">Other reasons that the public service gives for the same mistake.</param>
public sealed record ExpectedClose(int Code, string ReasonContains, IReadOnlyList<string> AlternativeReasons)
{
    /// <summary>A close frame has 125 bytes of payload, two of which are the code.</summary>
    private const int MaxReasonBytes = 123;

    public bool Matches(int code, string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return code == Code && AlternativeReasons.Prepend(ReasonContains).Any(part => reason.Contains(Cut(part), StringComparison.Ordinal));
    }

    private static string Cut(string reason)
    {
        while (Encoding.UTF8.GetByteCount(reason) > MaxReasonBytes)
            reason = reason[..^1];
        return reason;
    }
}
