using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Cli.Output;

namespace Parley.Cli.Admin;

/// <summary>Prints the lines of a watched session: what is said, what happens to its connection, and on request every message.</summary>
internal sealed class WatchView(IReport report, bool showsMessages)
{
    private const int LongestText = 200;

    private long _dropped;

    /// <summary>The session is over, or continues on another node.</summary>
    internal bool HasEnded { get; private set; }

    internal void Show(JsonElement line)
    {
        if (Text(line, "dir") is "in" or "out")
            Message(line);
        else
            Event(line);
    }

    private void Event(JsonElement line)
    {
        switch (Text(line, "mark"))
        {
            case "watching" when line.TryGetProperty("session", out var session):
                report.Fact(
                    "watching", $"watching {Clean(Text(session, "id"))}: key {Clean(Text(session, "keyId"))}, {Clean(Text(session, "model"))}. The server records this.",
                    ("session", session));
                break;
            case "connected":
                report.Fact("connected", "the client resumed the session");
                break;
            case "closed":
                var (code, reason) = (line.TryGetProperty("code", out var number) ? number.GetInt32() : 1006, Clean(Text(line, "reason")));
                report.Fact("closed", $"the connection closed with {code} {reason}".TrimEnd(), ("code", code), ("reason", reason));
                break;
            case "alive":
                if (line.TryGetProperty("dropped", out var dropped) && dropped.GetInt64() is var count && count > _dropped)
                {
                    _dropped = count;
                    report.Note($"{count} messages dropped so far: they came faster than they could be sent here.");
                }
                break;
            case "moved":
                HasEnded = true;
                report.Fact("moved", $"the session continues on node {Clean(Text(line, "node"))}; watch it there", ("node", Clean(Text(line, "node"))));
                break;
            case "ended":
                HasEnded = true;
                report.Fact("ended", "the session has ended");
                break;
            default:
                break;
        }
    }

    private void Message(JsonElement line)
    {
        var (direction, t) = (Text(line, "dir"), line.TryGetProperty("t", out var at) ? at.GetDouble() : 0);
        line.TryGetProperty("json", out var message);
        if (showsMessages)
        {
            var text = message.ValueKind == JsonValueKind.Undefined ? "(not JSON)" : Short(message);
            report.Fact(
                "message", string.Create(CultureInfo.InvariantCulture, $"{t,8:0.000} {(direction == "in" ? "client" : "server")} {text}"),
                ("t", t), ("dir", direction), ("json", message.ValueKind == JsonValueKind.Undefined ? null : message));
        }
        if (message.ValueKind != JsonValueKind.Object)
            return;
        if (direction == "in")
        {
            if (Member(message, "realtimeInput") is { } input && Text(input, "text") is { Length: > 0 } typed)
                report.Heard(Clean(typed));
            return;
        }
        if (Member(message, "serverContent") is not { } content)
            return;
        if (Member(content, "inputTranscription") is { } heard && Text(heard, "text") is { Length: > 0 } words)
            report.Heard(Clean(words));
        if (Member(content, "outputTranscription") is { } said && Text(said, "text") is { Length: > 0 } spoken)
            report.Said(Printable(spoken));
        if (Member(content, "turnComplete") is not null || Member(content, "interrupted") is not null)
            report.EndLine();
    }

    // Base64 is replaced by its size, and the whole fits into a line or two.
    private static string Short(JsonElement message)
    {
        var node = JsonNode.Parse(message.GetRawText());
        Shorten(node);
        var text = Report.OneLine(node?.ToJsonString() ?? "");
        return text.Length <= LongestText ? text : text[..LongestText] + "…";
    }

    private static void Shorten(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                Shorten(item);
        }
        if (node is not JsonObject members)
            return;
        foreach (var (name, value) in members.ToList())
        {
            if (name == "data" && value?.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: > 64 } data)
                members[name] = $"({data.Length / 4 * 3} bytes)";
            else
                Shorten(value);
        }
    }

    private static JsonElement? Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static string Clean(string? text) => Report.OneLine(text ?? "");

    // As it is, with its spaces; a terminal must not be controlled by what somebody said.
    private static string Printable(string text) => new([.. text.Where(static c => !char.IsControl(c))]);
}
