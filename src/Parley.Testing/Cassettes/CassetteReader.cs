using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Parley.Server;

namespace Parley.Testing.Cassettes;

/// <summary>Reads what <see cref="CassetteWriter"/> writes.</summary>
internal static class CassetteReader
{
    private const int MaxConnections = 100_000;

    internal static bool IsHeader(string line) => line.TrimStart().StartsWith("{\"cassette\"", StringComparison.Ordinal);

    internal static Cassette Read(string folder, List<string> lines)
    {
        var file = Path.Combine(folder, CassetteWriter.MessagesFile);
        var header = LineFields.Parse(lines[0], file, 1);
        var version = header.Int("cassette");
        if (version != Cassette.FormatVersion)
        {
            throw header.Wrong(version > Cassette.FormatVersion
                ? $"the cassette has version {version}, this program reads up to {Cassette.FormatVersion}. Update Parley, or record the cassette again."
                : "the version of the cassette is not valid. Record the cassette again.");
        }
        DateOnly? recorded = null;
        if (header.Text("recorded") is { } date)
        {
            recorded = DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? day : throw header.Wrong("\"recorded\" must be a date such as 2026-01-31.");
        }
        var media = MediaStore.Load(folder);
        var connections = new SortedDictionary<int, (string? Target, int? Status)>();
        var entries = new List<CassetteEntry>();
        for (var i = 1; i < lines.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
                continue;
            var line = LineFields.Parse(lines[i], file, i + 1);
            var connection = line.RequiredInt("c", 1, MaxConnections);
            if (line.Text("op") == "open")
                connections[connection] = (line.Text("target"), line.Has("status") ? line.RequiredInt("status", 100, 599) : null);
            else if (!connections.ContainsKey(connection))
                throw line.Wrong($"connection {connection} has no line with \"op\":\"open\".");
            else
                entries.Add(Frame(line, connection, media));
        }
        return CassetteBuilder.Create(
            entries, connections, media, new Dictionary<string, string>(), header.Text("model"), recorded, isVertex: header.Text("endpoint") == "vertex");
    }

    private static CassetteEntry Frame(LineFields line, int connection, MediaStore media)
    {
        var op = line.RequiredText("op");
        var entry = new CassetteEntry(media)
        {
            Connection = connection,
            Time = line.Time("t"),
            Direction = line.RequiredText("dir") switch
            {
                "in" => LiveDirection.FromClient,
                "out" => LiveDirection.ToClient,
                var other => throw line.Wrong($"\"dir\" is \"{other}\"; it must be \"in\" (from the client) or \"out\"."),
            },
            Type = op switch
            {
                "text" => WebSocketMessageType.Text,
                "binary" => WebSocketMessageType.Binary,
                "close" or "lost" => WebSocketMessageType.Close,
                _ => throw line.Wrong($"\"op\" is \"{op}\"; it must be text, binary, close, lost or open."),
            },
            After = line.RequiredInt("after", 0, int.MaxValue),
            CloseCode = op == "close" ? line.RequiredInt("code", 1000, 4999) : null,
            CloseReason = op == "close" ? line.Text("reason") ?? "" : null,
            Message = op is "close" or "lost" ? default : Message(line),
        };
        foreach (var text in JsonText.Find(entry.Message.Span) ?? [])
        {
            if (MediaReference.TryParse(text.Value, out var reference) && media.Find(reference) is null)
                throw line.Wrong($"{text.Path} refers to {text.Value}, but that {reference.Kind} is not in the cassette. Restore the file, or record again.");
        }
        return entry;
    }

    private static byte[] Message(LineFields line)
    {
        if (line.Json("json") is { } json)
        {
            var end = line.Text("end") ?? "";
            return end.AsSpan().Trim("\r\n ").IsEmpty && end.Length < 100
                ? new MessageForm(line.Has("indent") ? line.RequiredInt("indent", 1, 8) : 0, end).Write(json)
                : throw line.Wrong("\"end\" must be line breaks.");
        }
        if (line.Text("text") is { } text)
            return Encoding.UTF8.GetBytes(text);
        return line.Has("bytes") ? line.Bytes("bytes") : throw line.Wrong("a message needs \"json\", \"text\" or \"bytes\".");
    }
}
