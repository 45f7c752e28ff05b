namespace Parley.Bench.Speech.Corpora;

/// <summary>Speech and its transcript.</summary>
/// <param name="Sound">16 kHz mono.</param>
/// <param name="Words">Lower case, without punctuation.</param>
internal sealed record Clip(short[] Sound, string Words);
