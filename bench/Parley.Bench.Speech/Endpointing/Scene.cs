namespace Parley.Bench.Speech.Endpointing;

/// <summary>A stretch of sound and what is in it.</summary>
/// <param name="Group">What it is counted under.</param>
/// <param name="Sound">16 kHz mono, with enough quiet behind the speech to end a turn in.</param>
/// <param name="SpeechEnd">One past the last sample of speech; 0 where there is no speech at all.</param>
internal sealed record Scene(string Group, short[] Sound, int SpeechEnd);
