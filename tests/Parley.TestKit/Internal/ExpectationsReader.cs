using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Parley.TestKit.Internal;

internal static class ExpectationsReader
{
    public static InvalidExpectations Read(JsonElement root) => new(
        [.. root.GetProperty("files").EnumerateObject().Select(entry => ReadFile(entry.Name, entry.Value))],
        [.. root.GetProperty("rawFrames").EnumerateArray().Select(ReadRawFrame)],
        [.. root.GetProperty("handshakes").EnumerateArray().Select(ReadHandshake)]);

    private static InvalidMessage ReadFile(string file, JsonElement entry) => new(
        file,
        Required(entry, "state"),
        Optional(entry, "direction") switch
        {
            null or "client" => WireDirection.ClientToServer,
            "server" => WireDirection.ServerToClient,
            var other => throw new JsonException($"Unknown direction '{other}' of {file}."),
        },
        ReadClose(entry),
        entry.GetProperty("schemaValid").GetBoolean(),
        Optional(entry, "schema"),
        Optional(entry, "compatibilityMode"),
        Optional(entry, "note") ?? Optional(entry, "recommended"));

    private static RawFrame ReadRawFrame(JsonElement entry) => new(
        Required(entry, "name"),
        Required(entry, "opcode") switch
        {
            "text" => WebSocketMessageType.Text,
            "binary" => WebSocketMessageType.Binary,
            var other => throw new JsonException($"Unknown opcode '{other}'."),
        },
        ReadPayload(entry),
        Required(entry, "state"),
        ReadClose(entry),
        Optional(entry, "note"));

    private static InvalidHandshake ReadHandshake(JsonElement entry) => new(
        Required(entry, "name"),
        Required(entry, "request"),
        entry.GetProperty("upgrade").GetInt32(),
        Optional(entry, "then"),
        ReadClose(entry));

    private static ExpectedClose? ReadClose(JsonElement entry)
    {
        var close = entry.GetProperty("close");
        return close.ValueKind is JsonValueKind.Null
            ? null
            : new ExpectedClose(
                close.GetProperty("code").GetInt32(),
                Required(close, "reasonContains"),
                Optional(close, "alternativeReason")?.Split(" | ") ?? []);
    }

    private static byte[] ReadPayload(JsonElement entry) =>
        Optional(entry, "payload") is { } text ? Encoding.UTF8.GetBytes(text)
        : Optional(entry, "payloadHex") is { } hex ? Convert.FromHexString(hex)
        : Filler(entry.GetProperty("payloadBytes").GetInt32());

    // Valid except for its size, so that only a limit can refuse it.
    private static byte[] Filler(int bytes)
    {
        const string start = "{\"realtimeInput\":{\"text\":\"";
        const string end = "\"}}";
        return Encoding.UTF8.GetBytes(start + new string('a', bytes - start.Length - end.Length) + end);
    }

    private static string Required(JsonElement entry, string name) => entry.GetProperty(name).GetString()!;

    private static string? Optional(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) ? value.GetString() : null;
}
