namespace Parley.Assistant.Llama.Files;

/// <summary>What the application needs to know of a GGUF file; the worker reads the rest.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Name">Name of the model for people; the file name if the file has none.</param>
/// <param name="Architecture">Such as "llama" or "qwen2".</param>
/// <param name="Template">The chat template, a Jinja program; null if the file has none.</param>
internal sealed record GgufHeader(string Path, string Name, string Architecture, string? Template);
