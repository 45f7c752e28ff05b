namespace Parley.Speech;

/// <summary>The result of recognition.</summary>
/// <param name="Text">The words; empty if nothing was recognized.</param>
public sealed record Transcript(string Text)
{
    /// <summary>No words.</summary>
    public static Transcript Empty { get; } = new("");

    /// <summary>BCP-47 code of the language, if the recognizer reports it.</summary>
    public string? Language { get; init; }
}
