namespace Parley.Speech;

/// <summary>What was understood.</summary>
/// <param name="Text">The words; empty where nothing could be understood.</param>
public sealed record Transcript(string Text)
{
    /// <summary>Nothing was understood.</summary>
    public static Transcript Empty { get; } = new("");

    /// <summary>BCP-47 code of the language, where the recognizer found it out.</summary>
    public string? Language { get; init; }
}
