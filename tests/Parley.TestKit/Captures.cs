using System.Text;

namespace Parley.TestKit;

/// <summary>
/// Recordings of the real service, which are kept next to the repository and are not part of it. If they are absent,
/// <see cref="Folder"/> is null and a test skips itself: <c>Assert.SkipWhen(Captures.Folder is null, Captures.SkipReason)</c>.
/// </summary>
public static class Captures
{
    public const string SkipReason = "The recordings of the real service (../shared/captures) are not on this machine.";

    public static string? Folder { get; } = FindFolder();

    /// <summary>File names, sorted; empty when there is no folder.</summary>
    public static IReadOnlyList<string> Names { get; } = Folder is null
        ? []
        : [.. Directory.EnumerateFiles(Folder, "*.log").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<CapturedFrame> Read(string name)
    {
        var folder = Folder ?? throw new InvalidOperationException(SkipReason);
        return Parse(File.ReadAllBytes(Path.Combine(folder, name)));
    }

    // A frame is '>' or '<', the number of UTF-8 bytes, a space, the bytes. Frames may be separated by blank lines.
    public static IReadOnlyList<CapturedFrame> Parse(ReadOnlyMemory<byte> log)
    {
        List<CapturedFrame> frames = [];
        for (var rest = SkipNewlines(log); rest.Length > 0; rest = SkipNewlines(rest))
        {
            var direction = rest.Span[0] switch
            {
                (byte)'>' => WireDirection.ClientToServer,
                (byte)'<' => WireDirection.ServerToClient,
                var other => throw new FormatException($"Byte {log.Length - rest.Length} is 0x{other:x2}; a frame starts with > or <."),
            };
            var space = rest.Span.IndexOf((byte)' ');
            if (space < 0 || !int.TryParse(rest.Span[1..space], out var length) || length < 0 || length > rest.Length - space - 1)
                throw new FormatException($"Wrong frame length at byte {log.Length - rest.Length}.");
            frames.Add(new CapturedFrame(direction, rest.Slice(space + 1, length)));
            rest = rest[(space + 1 + length)..];
        }

        return frames;
    }

    private static ReadOnlyMemory<byte> SkipNewlines(ReadOnlyMemory<byte> log) => log.TrimStart("\r\n"u8);

    private static string? FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Parley.slnx")))
            {
                var captures = Path.Combine(folder.FullName, "..", "shared", "captures");
                return Directory.Exists(captures) ? Path.GetFullPath(captures) : null;
            }
        }

        return null;
    }
}

/// <param name="Utf8">The message's JSON exactly as it was on the wire, with the server's line breaks.</param>
public sealed record CapturedFrame(WireDirection Direction, ReadOnlyMemory<byte> Utf8)
{
    public string Text => Encoding.UTF8.GetString(Utf8.Span);
}
