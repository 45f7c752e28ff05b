using System.Security.Cryptography;
using Parley.Audio;
using Parley.Protocol;

namespace Parley.Testing.Cassettes;

/// <summary>The audio and pictures of a cassette, by the hash of their bytes.</summary>
internal sealed class MediaStore
{
    internal const string AudioFolder = "audio", OtherFolder = "media";

    private readonly SortedDictionary<string, (byte[] Bytes, string MimeType, int RateHz)> _clips = new(StringComparer.Ordinal);

    internal int Count => _clips.Count;

    /// <summary>Hash of bytes: the first 16 digits of SHA-256.</summary>
    internal static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];

    internal static string KindOf(string mimeType) =>
        mimeType.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) ? "audio" : mimeType.StartsWith("image/", StringComparison.OrdinalIgnoreCase) ? "image" : "media";

    /// <summary>The rate of PCM audio; 0 for anything else.</summary>
    internal static int RateOf(string mimeType, bool isFromClient) =>
        mimeType.StartsWith("audio/pcm", StringComparison.OrdinalIgnoreCase)
            && AudioFormat.TryParseRate(mimeType, isFromClient ? AudioFormat.InputRateHz : AudioFormat.OutputRateHz, out var rateHz) ? rateHz : 0;

    internal string Add(byte[] bytes, string mimeType, int rateHz)
    {
        var hash = HashOf(bytes);
        _clips.TryAdd(hash, (bytes, mimeType, rateHz));
        return hash;
    }

    /// <summary>The bytes that a reference stands for; null if there are none.</summary>
    internal ReadOnlyMemory<byte>? Find(MediaReference reference) =>
        _clips.TryGetValue(reference.Hash, out var clip) && reference.Offset <= clip.Bytes.Length - reference.Bytes
            ? new ReadOnlyMemory<byte>(clip.Bytes, reference.Offset, reference.Bytes) : default(ReadOnlyMemory<byte>?);

    /// <summary>Writes a file for each clip.</summary>
    internal void Save(string folder)
    {
        foreach (var (hash, (bytes, mimeType, rateHz)) in _clips)
        {
            var isWav = rateHz > 0 && bytes.Length % 2 == 0;
            var path = Path.Combine(folder, FolderOf(mimeType), hash + (isWav ? ".wav" : ExtensionOf(mimeType)));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, isWav ? new WavFile(rateHz, Pcm.ToSamples(bytes)).ToBytes() : bytes);
        }
    }

    /// <summary>Reads the files of a folder.</summary>
    /// <exception cref="CassetteException">The content of a file is not what its name says.</exception>
    internal static MediaStore Load(string folder)
    {
        var store = new MediaStore();
        foreach (var path in ((string[])[AudioFolder, OtherFolder]).Select(name => Path.Combine(folder, name)).Where(Directory.Exists).SelectMany(Directory.EnumerateFiles))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            byte[] bytes;
            var rateHz = 0;
            if (Path.GetExtension(path) == ".wav")
            {
                try
                {
                    var wav = WavFile.Load(path);
                    (bytes, rateHz) = (Pcm.ToBytes(wav.Samples.Span), wav.SampleRateHz);
                }
                catch (FormatException e)
                {
                    throw new CassetteException($"{path} is damaged: {e.Message} Restore it, or record the cassette again.", e);
                }
            }
            else
            {
                bytes = File.ReadAllBytes(path);
            }
            if (HashOf(bytes) != name)
                throw new CassetteException($"{path} was changed: its content does not have the hash that is its name. Restore it, or record the cassette again.");
            store._clips[name] = (bytes, rateHz > 0 ? AudioFormat.MimeType(rateHz) : MimeTypeOf(Path.GetExtension(path)), rateHz);
        }
        return store;
    }

    private static string FolderOf(string mimeType) => KindOf(mimeType) == "audio" ? AudioFolder : OtherFolder;

    private static string ExtensionOf(string mimeType) => mimeType.ToLowerInvariant() switch
    {
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        _ when KindOf(mimeType) == "audio" => ".audio",
        _ => ".bin",
    };

    private static string MimeTypeOf(string extension) => extension switch
    {
        ".jpg" => "image/jpeg",
        ".png" => "image/png",
        ".audio" => "audio/unknown",
        _ => "application/octet-stream",
    };
}
