using System.Buffers.Binary;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Parley.Server;

namespace Parley.Testing.Cassettes;

/// <summary>
/// Reads JSON lines as <c>parley serve --record</c>, <c>parley talk --record</c> and the console write them: <c>{"t":1.2,"dir":"in","op":"text","json":{…}}</c>. A file is a
/// connection; in a file of a client every setup begins one.
/// </summary>
internal static class MessageLinesReader
{
    internal static Cassette Read(IReadOnlyList<(string File, List<string> Lines)> files)
    {
        var builder = new CassetteBuilder();
        var connection = 0;
        var parts = files.Select(static file => (file.File, Lines: file.Lines.Select((text, index) => (text, index)).Where(static line => line.text.Trim().Length > 0)
            .Select(line => LineFields.Parse(line.text, file.File, line.index + 1)).ToList())).Where(static part => part.Lines.Count > 0);
        // Times are those of each file; the first line says when it began.
        var ordered = parts.Select(static part => (part.File, part.Lines, Start: StartOf(part.Lines[0]))).OrderBy(static part => part.Start).ToList();
        foreach (var part in ordered)
        {
            connection++;
            var offset = part.Start is { } start && ordered[0].Start is { } first ? start - first : TimeSpan.Zero;
            var hasSetup = false;
            foreach (var line in part.Lines)
            {
                if (line.Text("dir") == "local")
                {
                    if (line.Text("mark") == "closed" && line.Int("code") is { } code)
                        builder.Close(connection, offset + line.Time("t"), LiveDirection.ToClient, code, line.Text("reason") ?? "");
                    continue;
                }
                if (!AddLine(builder, line, ref connection, ref hasSetup, offset))
                    throw line.Wrong("it is not a recorded message: \"dir\" must be \"in\" or \"out\", with \"json\" or \"bytes\".");
            }
        }
        if (builder.Count == 0)
            throw new CassetteException($"{files[0].File} contains no messages.");
        builder.EndResumed();
        return builder.Build(ordered[0].Start is { } began ? DateOnly.FromDateTime(began.UtcDateTime) : null);
    }

    private static bool AddLine(CassetteBuilder builder, LineFields line, ref int connection, ref bool hasSetup, TimeSpan offset)
    {
        if (line.Text("dir") is not ("in" or "out") || !(line.Has("json") || line.Has("bytes")))
            return false;
        var direction = line.Text("dir") == "in" ? LiveDirection.FromClient : LiveDirection.ToClient;
        var at = offset + line.Time("t");
        if (line.Text("op") == "close")
        {
            var close = line.Bytes("bytes");
            builder.Close(
                connection, at, direction, close.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(close), close.Length < 2 ? "" : Encoding.UTF8.GetString(close.AsSpan(2)));
            return true;
        }
        var payload = line.Json("json") is { } json ? new MessageForm(0, "").Write(json) : line.Bytes("bytes");
        if (direction == LiveDirection.FromClient && line.Json("json") is { ValueKind: System.Text.Json.JsonValueKind.Object } message && message.TryGetProperty("setup", out _))
        {
            if (hasSetup)
                connection++;
            hasSetup = true;
        }
        builder.Add(connection, at, direction, line.Text("op") == "binary" ? WebSocketMessageType.Binary : WebSocketMessageType.Text, payload);
        return true;
    }

    private static DateTimeOffset? StartOf(LineFields line) =>
        DateTimeOffset.TryParse(line.Text("at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;
}
