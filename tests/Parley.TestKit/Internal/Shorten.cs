namespace Parley.TestKit.Internal;

internal static class Shorten
{
    /// <summary>Enough of a message to recognise it, and not the audio inside.</summary>
    private const int MaxLength = 600;

    public static string Text(string text) =>
        text.Length <= MaxLength ? text : $"{text.AsSpan(0, MaxLength)}… ({text.Length} characters)";
}
