namespace Parley.Bench.Speech.Endpointing;

/// <summary>A piece of audio and its labels.</summary>
/// <param name="Group">Group in the result table.</param>
/// <param name="Sound">16 kHz mono, with enough silence after the speech to end a turn.</param>
/// <param name="SpeechEnd">One past the last sample of speech; 0 without speech.</param>
internal sealed record Scene(string Group, short[] Sound, int SpeechEnd);
