using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Parley.Server.Storage;

namespace Parley.Cli.Recording;

/// <summary>
/// Messages as JSON lines: <c>{"t":1.204,"dir":"in","op":"text","json":{…}}</c>. Time is in seconds since the beginning; <c>in</c> is from
/// the client to the server, on whichever side it is recorded. The first line has the date too, <c>at</c>. Payloads that are not JSON are written as base64 under <c>bytes</c>. Lines
/// contain the conversation and resumption handles: only this user can read the file.
/// </summary>
internal sealed class MessageLines(string path, TimeProvider timeProvider)
{
    internal const string FromClient = "in", FromServer = "out";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _gate = new();
    private readonly long _started = timeProvider.GetTimestamp();
    private readonly ArrayBufferWriter<byte> _line = new();
    private bool _isDated;

    internal void Write(string direction, string kind, ReadOnlySpan<byte> payload, bool mayBeJson = true)
    {
        lock (_gate)
        {
            _line.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(_line, Plain))
                WriteLine(json, direction, kind, payload, mayBeJson);
            _line.Write("\n"u8);
            // Opened for each line, so that other programs can read the file while it grows, and so that it may end at any time.
            using var file = PrivateFiles.Open(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            file.Write(_line.WrittenSpan);
        }
    }

    private void WriteLine(Utf8JsonWriter json, string direction, string kind, ReadOnlySpan<byte> payload, bool mayBeJson)
    {
        json.WriteStartObject();
        if (!_isDated)
            json.WriteString("at", timeProvider.GetUtcNow());
        _isDated = true;
        json.WriteNumber("t", Math.Round(timeProvider.GetElapsedTime(_started).TotalSeconds, 6));
        json.WriteString("dir", direction);
        json.WriteString("op", kind);
        if (mayBeJson && TryParse(payload) is { } message)
        {
            json.WritePropertyName("json");
            message.WriteTo(json);
        }
        else
        {
            json.WriteBase64String("bytes", payload);
        }
        json.WriteEndObject();
    }

    private static JsonElement? TryParse(ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonElement.Parse(payload);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
