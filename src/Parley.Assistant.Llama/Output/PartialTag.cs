namespace Parley.Assistant.Llama.Output;

/// <summary>Tags that arrive in pieces.</summary>
internal static class PartialTag
{
    /// <summary>How many characters at the end of a text may be the beginning of a tag; less than the whole tag.</summary>
    public static int LengthAtEnd(ReadOnlySpan<char> text, ReadOnlySpan<char> tag)
    {
        for (var length = Math.Min(tag.Length - 1, text.Length); length > 0; length--)
        {
            if (text.EndsWith(tag[..length], StringComparison.Ordinal))
                return length;
        }
        return 0;
    }
}
