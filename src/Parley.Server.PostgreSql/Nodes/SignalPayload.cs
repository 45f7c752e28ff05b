using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Parley.Server.PostgreSql.Nodes;

/// <summary>
/// Signals as payloads of NOTIFY. A newer version may send kinds and fields that this one ignores. The channel is the name of the schema.
/// </summary>
internal static class SignalPayload
{
    /// <summary>PostgreSQL sends at most 7,999 bytes.</summary>
    internal const int MaxBytes = 7_999;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Encodes a signal. One that is too long and announces a change is replaced by <see cref="NodeSignalKind.Listening"/>, after which each node looks for
    /// changes that it may have missed.
    /// </summary>
    /// <exception cref="StorageException">Its subject is too long, and nothing can replace it.</exception>
    internal static string Encode(NodeSignal signal)
    {
        var payload = Write(signal);
        if (Encoding.UTF8.GetByteCount(payload) <= MaxBytes)
            return payload;
        return signal.Kind is NodeSignalKind.KeyChanged or NodeSignalKind.UserChanged or NodeSignalKind.SessionMoved
            ? Write(new NodeSignal(NodeSignalKind.Listening, ""))
            : throw new StorageException($"The signal {signal.Kind} has a subject of {signal.Subject.Length} characters. A signal may have {MaxBytes} bytes.");
    }

    /// <summary>Decodes a payload; null if it is none of ours, or of a kind that this version does not know.</summary>
    internal static NodeSignal? Decode(string payload)
    {
        try
        {
            // {"kind":"SessionMoved","subject":"…","connection":"…"}
            var json = JsonElement.Parse(payload);
            if (json.ValueKind != JsonValueKind.Object || KindOf(Text(json, "kind")) is not { } kind || Text(json, "subject") is not { } subject)
                return null;
            return new NodeSignal(kind, subject, Text(json, "connection") ?? "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or text with half a character.
            return null;
        }
    }

    private static string Write(NodeSignal signal)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, signal.Kind.ToString());
            json.WriteString("subject"u8, signal.Subject);
            if (signal.ConnectionId.Length > 0)
                json.WriteString("connection"u8, signal.ConnectionId);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>By name only: Enum.TryParse would take numbers too.</summary>
    private static NodeSignalKind? KindOf(string? name)
    {
        foreach (var kind in Enum.GetValues<NodeSignalKind>())
        {
            if (kind.ToString() == name)
                return kind;
        }
        return null;
    }
}
