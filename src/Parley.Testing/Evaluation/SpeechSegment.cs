namespace Parley.Testing;

/// <summary>A stretch of speech in one channel of a recording.</summary>
/// <param name="Start">Its beginning, since the beginning of the recording.</param>
/// <param name="End">Its end.</param>
public readonly record struct SpeechSegment(TimeSpan Start, TimeSpan End)
{
    /// <summary>How long it is.</summary>
    public TimeSpan Duration => End - Start;

    internal bool Contains(TimeSpan time) => Start < time && End > time;
}
