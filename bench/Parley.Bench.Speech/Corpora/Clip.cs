namespace Parley.Bench.Speech.Corpora;

/// <summary>Speech and what is said in it.</summary>
/// <param name="Sound">16 kHz mono.</param>
/// <param name="Words">Lower case, no marks.</param>
internal sealed record Clip(short[] Sound, string Words);
