using System.Buffers;
using System.Net.WebSockets;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Server.Sessions;

namespace Parley.Server.Endpoints;

/// <summary>
/// Writes a watched session as JSON lines, like those of <c>parley serve --record</c>: <c>{"t":1.204,"dir":"in","op":"text","json":{…}}</c>, and events as
/// <c>{"t":9.1,"dir":"local","mark":"closed","code":1000,"reason":""}</c>. Time is in seconds since the watch began. Resumption handles are not shown: with one
/// the owner's key continues the session.
/// </summary>
internal sealed class WatchLines(IBufferWriter<byte> output, TimeProvider time)
{
    private const string Hidden = "(hidden)";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly long _started = time.GetTimestamp();

    /// <summary>The first line: the session.</summary>
    internal void Opened(AdminSession session) => Write(_started, json =>
    {
        json.WriteString("dir", "local");
        json.WriteString("mark", "watching");
        json.WriteString("at", time.GetUtcNow());
        json.WritePropertyName("session");
        JsonSerializer.Serialize(json, session, AdminJson.Default.AdminSession);
    });

    internal void Event(WatchedEvent occurred, long timestamp) => Write(timestamp, json =>
    {
        json.WriteString("dir", "local");
        json.WriteString("mark", occurred.Name);
        if (occurred.Code == 0)
            return;
        json.WriteNumber("code", occurred.Code);
        json.WriteString("reason", occurred.Reason);
    });

    /// <summary>A sign of life, with the number of messages dropped so far.</summary>
    internal void Alive(long dropped) => Write(time.GetTimestamp(), json =>
    {
        json.WriteString("dir", "local");
        json.WriteString("mark", "alive");
        json.WriteNumber("dropped", dropped);
    });

    /// <summary>The last line.</summary>
    /// <param name="node">Name of the node where the session continues; null if it is over.</param>
    internal void Ended(string? node) => Write(time.GetTimestamp(), json =>
    {
        json.WriteString("dir", "local");
        json.WriteString("mark", node is null ? "ended" : "moved");
        if (node is not null)
            json.WriteString("node", node);
    });

    internal void Message(in WatchedItem item)
    {
        var (timestamp, direction, type, payload) = (item.Timestamp, item.Direction, item.Type, OnOneLine(item.Payload));
        var text = Readable(payload);
        Write(timestamp, json =>
        {
            json.WriteString("dir", direction == LiveDirection.FromClient ? "in" : "out");
            json.WriteString("op", type == WebSocketMessageType.Text ? "text" : "binary");
            if (text is null)
            {
                json.WriteNumber("unreadable", payload.Length);
                return;
            }
            json.WritePropertyName("json");
            json.WriteRawValue(text, skipInputValidation: true);
        });
    }

    private void Write(long timestamp, Action<Utf8JsonWriter> members)
    {
        using (var json = new Utf8JsonWriter(output, Plain))
        {
            json.WriteStartObject();
            json.WriteNumber("t", Math.Round(Math.Max(0, time.GetElapsedTime(_started, timestamp).TotalSeconds), 6));
            members(json);
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    // In JSON, a raw line break is only between values. The copy is shared with other watchers.
    private static byte[] OnOneLine(byte[] payload)
    {
        if (payload.AsSpan().IndexOfAny((byte)'\n', (byte)'\r') < 0)
            return payload;
        var line = payload.ToArray();
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        return line;
    }

    /// <summary>The message without handles; null if it is not JSON.</summary>
    private static byte[]? Readable(byte[] payload)
    {
        try
        {
            // A name may be written with escapes.
            if (payload.AsSpan().IndexOf("andle"u8) < 0 && payload.AsSpan().IndexOf("\\u00"u8) < 0)
            {
                var reader = new Utf8JsonReader(payload);
                while (reader.Read())
                {
                }
                return payload;
            }
            var message = JsonNode.Parse(payload);
            Hide(message, isResumption: false);
            return JsonSerializer.SerializeToUtf8Bytes(message!, NodeJson.Default.JsonNode);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Hide(JsonNode? node, bool isResumption)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                Hide(item, isResumption);
        }
        if (node is not JsonObject members)
            return;
        foreach (var (name, value) in members.ToList())
        {
            if (isResumption && value is JsonValue && name.Contains("andle", StringComparison.Ordinal))
                members[name] = Hidden;
            else
                Hide(value, isResumption || name.Contains("esumption", StringComparison.Ordinal));
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonNode))]
internal sealed partial class NodeJson : System.Text.Json.Serialization.JsonSerializerContext;
