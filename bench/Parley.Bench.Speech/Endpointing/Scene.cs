namespace Parley.Bench.Speech.Endpointing;

/// <summary>A piece of audio and its labels.</summary>
/// <param name="Group">Group in the result table.</param>
/// <param name="Sound">16 kHz mono, with enough silence after the speech to end a turn.</param>
/// <param name="SpeechEnd">One past the last sample of speech; 0 without speech.</param>
/// <param name="IsTurn">Whether the speech is a turn; false for coughs, backchannels and speech to others.</param>
internal sealed record Scene(string Group, short[] Sound, int SpeechEnd, bool IsTurn = true)
{
    /// <summary>Whether there is a turn in it.</summary>
    public bool IsTurn { get; } = IsTurn && SpeechEnd > 0;

    public bool Equals(Scene? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
