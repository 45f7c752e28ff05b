using System.Collections.Concurrent;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Speech.Synthesis.Kokoro;

/// <summary>
/// The styles of Kokoro voices beside a network: for each voice a table with one row of 256 numbers for each length of a text. A file
/// NAME.bin has the numbers alone, as 32-bit floating point; an archive of NumPy (voices*.bin, *.npz) has a file NAME.npy for each voice. Files
/// are read when a voice speaks first. Thread-safe.
/// </summary>
internal sealed partial class KokoroStyles
{
    /// <summary>Numbers of a row.</summary>
    public const int RowLength = 256;

    private const int MaxRows = 4_096;
    private const int MaxBytes = MaxRows * RowLength * sizeof(float);

    private readonly Dictionary<string, (string Path, string? Entry)> _files = [];
    private readonly ConcurrentDictionary<string, float[]> _styles = [];

    private KokoroStyles()
    {
    }

    /// <summary>The voices, by name.</summary>
    public IReadOnlyList<string> Names => [.. _files.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Lists the voices beside a network.</summary>
    /// <exception cref="InvalidOperationException">There are none, or a file is damaged.</exception>
    public static KokoroStyles Find(string networkPath)
    {
        var styles = new KokoroStyles();
        var folder = Path.GetDirectoryName(networkPath)!;
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder).Concat(Directory.Exists(Path.Combine(folder, "voices")) ? Directory.EnumerateFiles(Path.Combine(folder, "voices")) : []).Order(StringComparer.Ordinal))
                styles.Add(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new InvalidOperationException($"The styles of voices in {folder} cannot be read: {e.Message}", e);
        }
        return styles._files.Count > 0 ? styles : throw new InvalidOperationException(
            $"There are no styles of Kokoro voices in {folder}. Put files such as af_heart.bin or voices-v1.0.bin beside {Path.GetFileName(networkPath)}.");
    }

    /// <summary>The row of a voice for a text of this many phonemes.</summary>
    /// <exception cref="SpeechEngineException">The file of the voice is damaged.</exception>
    public float[] Row(string name, int phonemes)
    {
        var style = _styles.GetOrAdd(name, Read);
        var row = Math.Clamp(phonemes - 1, 0, (style.Length / RowLength) - 1);
        return style[(row * RowLength)..((row + 1) * RowLength)];
    }

    private void Add(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (Path.GetExtension(path) is not (".bin" or ".npz"))
            return;
        if (VoiceName().IsMatch(name))
        {
            _files[name] = (path, null);
            return;
        }
        using var file = File.OpenRead(path);
        if (file.ReadByte() != 'P' || file.ReadByte() != 'K')
            return;
        using var archive = new ZipArchive(file, ZipArchiveMode.Read);
        foreach (var entry in archive.Entries)
        {
            if (entry.Name.EndsWith(".npy", StringComparison.Ordinal) && VoiceName().IsMatch(entry.Name[..^4]))
                _files.TryAdd(entry.Name[..^4], (path, entry.FullName));
        }
    }

    private float[] Read(string name)
    {
        var (path, entry) = _files[name];
        try
        {
            using var file = File.OpenRead(path);
            if (entry is null)
                return Numbers(ReadAll(file));
            using var archive = new ZipArchive(file, ZipArchiveMode.Read);
            using var stream = (archive.GetEntry(entry) ?? throw new InvalidDataException("The archive has changed.")).Open();
            return Numbers(WithoutHeader(ReadAll(stream)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new SpeechEngineException($"The style of the Kokoro voice {name} in {path} cannot be read: {e.Message}", e);
        }
    }

    private static byte[] ReadAll(Stream stream)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > MaxBytes + 1_024)
                throw new InvalidDataException($"It has more than {MaxBytes:#,0} bytes.");
        }
        return bytes.ToArray();
    }

    private static float[] Numbers(ReadOnlySpan<byte> bytes)
    {
        const int rowBytes = RowLength * sizeof(float);
        if (bytes.IsEmpty || bytes.Length % rowBytes != 0)
            throw new InvalidDataException($"It has {bytes.Length:#,0} bytes of numbers; a multiple of {rowBytes:#,0} is needed.");
        return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
    }

    // NumPy: "\x93NUMPY", two bytes of version, the length of the header, the header as text.
    private static ReadOnlySpan<byte> WithoutHeader(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 10 || bytes[0] != 0x93 || !bytes[1..6].SequenceEqual("NUMPY"u8) || bytes[6] != 1)
            throw new InvalidDataException("It is no NumPy array of version 1.");
        var end = 10 + BitConverter.ToUInt16(bytes[8..]);
        if (end > bytes.Length)
            throw new InvalidDataException("It ends within its header.");
        var header = Encoding.ASCII.GetString(bytes[10..end]);
        return header.Contains("'<f4'", StringComparison.Ordinal) && header.Contains("'fortran_order': False", StringComparison.Ordinal)
            ? bytes[end..]
            : throw new InvalidDataException("It is no array of 32-bit floating-point numbers, row by row.");
    }

    // A language, a gender, a name.
    [GeneratedRegex("^[a-z][fm]_[a-z0-9]+$")]
    private static partial Regex VoiceName();
}
