namespace Parley.Speech.Models;

/// <summary>Finds out which engine runs a file, from its first bytes and the files beside it.</summary>
internal static class ModelFileKind
{
    /// <summary>The engine of a file; null if no engine runs it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string? EngineOf(string path)
    {
        if (path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            if (File.Exists(path + ".json"))
                return ModelEngines.Piper;
            // The styles of Kokoro's voices have no name of their own: any voices*.bin beside the network, or a folder of them.
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            return Directory.EnumerateFileSystemEntries(folder, "voices*").Any() ? ModelEngines.Kokoro : null;
        }
        Span<byte> magic = stackalloc byte[4];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        if (file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length)
            return null;
        // whisper.cpp writes "ggml" as a number, so its bytes are in the file from the last to the first.
        return magic.SequenceEqual("lmgg"u8) ? ModelEngines.Whisper
            : magic.SequenceEqual("GGUF"u8) ? ModelEngines.Gguf
            : null;
    }
}
