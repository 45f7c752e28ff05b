using System.IO.Compression;

namespace Parley.Testing.Cassettes;

/// <summary>Opens recordings of every known form, told apart by what is there and not by names alone.</summary>
internal static class RecordingLoader
{
    /// <summary>A recording of hours; more is a mistake or an attack.</summary>
    private const long MaxFileBytes = 512L << 20;

    /// <summary>Whether a folder holds a cassette of ours, of any version.</summary>
    internal static bool IsCassette(string folder)
    {
        var messages = Path.Combine(folder, CassetteWriter.MessagesFile);
        return File.Exists(messages) && CassetteReader.IsHeader(FirstLine(messages));
    }

    internal static Cassette Load(string path)
    {
        try
        {
            if (Directory.Exists(path))
                return LoadFolder(path);
            if (!File.Exists(path))
                throw new CassetteException($"{path} does not exist. Give a cassette, or a recording.");
            return LoadFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            throw new CassetteException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static Cassette LoadFolder(string path)
    {
        var messages = Path.Combine(path, CassetteWriter.MessagesFile);
        if (IsCassette(path))
            return CassetteReader.Read(path, ReadLines(messages));
        if (File.Exists(messages))
            return MessageLinesReader.Read([(messages, ReadLines(messages))]);
        var files = Directory.GetFiles(path, "*.jsonl").Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
        {
            throw new CassetteException(
                $"{path} holds no recording: there is no {CassetteWriter.MessagesFile}, and no .jsonl file. "
                + "Give a cassette, or a folder that parley serve --record or parley talk --record wrote.");
        }
        return MessageLinesReader.Read([.. files.Select(static file => (file, ReadLines(file)))]);
    }

    private static Cassette LoadFile(string path)
    {
        if (new FileInfo(path).Length > MaxFileBytes)
            throw new CassetteException($"{path} has {new FileInfo(path).Length >> 20} MiB; at most {MaxFileBytes >> 20} MiB are read.");
        using var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[2];
        var length = file.ReadAtLeast(head, 2, throwOnEndOfStream: false);
        if (length == 2 && head.SequenceEqual("PK"u8))
            return LoadZip(path);
        if (length > 0 && head[0] is (byte)'>' or (byte)'<')
            return SdkLogReader.Read(path, File.ReadAllBytes(path));
        // A cassette by its file, as a shell completes it.
        if (Path.GetFileName(path) == CassetteWriter.MessagesFile && Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && IsCassette(folder))
            return CassetteReader.Read(folder, ReadLines(path));
        if (CassetteReader.IsHeader(FirstLine(path)))
            throw new CassetteException($"{path} is the {CassetteWriter.MessagesFile} of a cassette under another name. Give the folder of the cassette.");
        return MessageLinesReader.Read([(path, ReadLines(path))]);
    }

    private static Cassette LoadZip(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        var entry = zip.GetEntry(CassetteWriter.MessagesFile)
            ?? throw new CassetteException($"{path} contains no {CassetteWriter.MessagesFile}, so it is not an export of the console.");
        if (entry.Length > MaxFileBytes)
            throw new CassetteException($"{path}: {entry.FullName} has {entry.Length >> 20} MiB; at most {MaxFileBytes >> 20} MiB are read.");
        using var reader = new StreamReader(new Bounded(entry.Open(), MaxFileBytes));
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
            lines.Add(line);
        return MessageLinesReader.Read([($"{path}/{entry.FullName}", lines)]);
    }

    private static string FirstLine(string path)
    {
        using var reader = new StreamReader(path);
        var head = new char[4_096];
        var length = reader.ReadBlock(head);
        var line = new string(head, 0, length);
        return line.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end ? line[..end] : line;
    }

    private static List<string> ReadLines(string path) => new FileInfo(path).Length > MaxFileBytes
        ? throw new CassetteException($"{path} has {new FileInfo(path).Length >> 20} MiB; at most {MaxFileBytes >> 20} MiB are read.")
        : [.. File.ReadLines(path)];

    // The length in the directory of an archive is a claim.
    private sealed class Bounded(Stream inner, long most) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _read; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var length = inner.Read(buffer, offset, count);
            return (_read += length) <= most ? length : throw new InvalidDataException($"the archive unpacks to more than {most >> 20} MiB");
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
