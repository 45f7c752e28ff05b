namespace Parley.Speech;

/// <summary>A model in the folder of a <see cref="ModelStore"/>.</summary>
/// <param name="Name">Its name in the catalogue, such as <c>whisper-base.en</c>.</param>
/// <param name="Engine">What runs it: "whisper", "piper", "kokoro", "gguf" or "smart-turn".</param>
/// <param name="Path">Full path of its main file; other files of the model are in the same folder.</param>
/// <param name="Bytes">Size of all its files.</param>
public sealed record InstalledModel(string Name, string Engine, string Path, long Bytes);
