namespace Parley.Server.Wire;

/// <summary>Truncates close reasons to the length of a close frame.</summary>
internal static class CloseReason
{
    /// <summary>A close frame has 125 bytes of payload, two of which are the code.</summary>
    internal const int MaxBytes = 123;

    /// <summary>The reason, cut at <see cref="MaxBytes"/> of UTF-8 between two characters.</summary>
    internal static string Cut(string reason)
    {
        if (reason.Length * 3 <= MaxBytes)
            return reason;
        var (bytes, length) = (0, 0);
        foreach (var rune in reason.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxBytes)
                return reason[..length];
            length += rune.Utf16SequenceLength;
        }
        return reason;
    }
}
