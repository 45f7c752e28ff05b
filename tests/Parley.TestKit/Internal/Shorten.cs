namespace Parley.TestKit.Internal;

internal static class Shorten
{
    /// <summary>Enough to recognise a message without its audio.</summary>
    private const int MaxLength = 600;

    public static string Text(string text) =>
        text.Length <= MaxLength ? text : $"{text.AsSpan(0, MaxLength)}… ({text.Length} characters)";
}
