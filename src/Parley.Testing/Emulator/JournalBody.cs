using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Testing.Emulator;

/// <summary>The journal as JSON: messages as on the wire, audio as its duration, other media as its size.</summary>
internal static class JournalBody
{
    /// <summary>What is not JSON is shown up to here.</summary>
    private const int MaxRawCharacters = 2_000;

    internal static JsonObject Of(LiveJournal journal, Func<JournalEntry, int, bool> matches)
    {
        var entries = new JsonArray();
        foreach (var (index, entry) in journal.Entries.Index())
        {
            if (matches(entry, index))
                entries.Add(Of(entry, index));
        }
        return new JsonObject
        {
            ["connections"] = journal.Connections,
            ["texts"] = new JsonArray([.. journal.Texts.Select(static text => JsonValue.Create(text))]),
            ["audioSeconds"] = Seconds(journal.Audio.Duration),
            ["toolResponses"] = new JsonArray(
            [
                .. journal.ToolResponses.Select(static response => new JsonObject
                {
                    ["name"] = response.Name,
                    ["response"] = response.Response is { } value ? JsonNode.Parse(value.GetRawText()) : null,
                }),
            ]),
            ["closes"] = new JsonArray([.. journal.ClientCloses.Select(static close => CloseOf(close.Code, close.Reason))]),
            ["entries"] = entries,
        };
    }

    internal static JsonObject Of(JournalEntry entry, int index)
    {
        var json = new JsonObject
        {
            ["index"] = index,
            ["connection"] = entry.Connection,
            ["time"] = Seconds(entry.Time),
            ["from"] = entry.Direction == LiveDirection.FromClient ? "client" : "server",
        };
        if (entry.CloseCode is { } code)
            json["close"] = CloseOf(code, entry.CloseReason ?? "");
        else if (Parse(entry) is { } message)
            json["message"] = Shorten(message);
        else
            json["raw"] = Cut(Encoding.UTF8.GetString(entry.Payload.Span));
        return json;
    }

    /// <summary>Whether an entry has a member at a path such as <c>serverContent.interrupted</c> or <c>close</c>; of lists any item counts.</summary>
    internal static bool Has(JournalEntry entry, string path) =>
        entry.CloseCode is not null ? path == "close" : Parse(entry) is { } message && Has(message, path.Split('.'));

    private static bool Has(JsonNode? node, ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
            return true;
        if (node is JsonObject value)
            return value.TryGetPropertyValue(path[0], out var member) && Has(member, path[1..]);
        if (node is not JsonArray list)
            return false;
        foreach (var item in list)
        {
            if (Has(item, path))
                return true;
        }
        return false;
    }

    private static JsonObject? Parse(JournalEntry entry)
    {
        try
        {
            return JsonNode.Parse(entry.Payload.Span) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonNode? Shorten(JsonNode? node)
    {
        if (node is JsonArray list)
            return new JsonArray([.. list.Select(Shorten)]);
        if (node is not JsonObject map)
            return node?.DeepClone();
        var type = (map["mimeType"] as JsonValue)?.TryGetValue<string>(out var mime) == true ? mime : null;
        var shortened = new JsonObject();
        foreach (var (name, value) in map)
        {
            var isMedia = type is not null && name == "data" && value is JsonValue;
            shortened[name] = isMedia && value!.AsValue().TryGetValue<string>(out var base64) ? Media(type!, base64) : Shorten(value);
        }
        return shortened;
    }

    private static JsonObject Media(string type, string base64)
    {
        var bytes = base64.TrimEnd('=').Length * 3 / 4;
        return AudioFormat.TryParseRate(type, AudioFormat.InputRateHz, out var rateHz)
            ? new JsonObject { ["seconds"] = Math.Round(bytes / 2.0 / rateHz, 3) }
            : new JsonObject { ["bytes"] = bytes };
    }

    private static JsonObject CloseOf(int code, string reason) => new() { ["code"] = code, ["reason"] = reason };

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);

    private static string Cut(string text) => text.Length <= MaxRawCharacters ? text : text[..MaxRawCharacters] + "…";
}
