using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Encodings.Web;
using System.Text.Json;
using Parley.Server;

namespace Parley.Cli.Hosting;

/// <summary>
/// Writes every message of every connection as JSON lines, one file a connection: <c>{"t":1.204,"dir":"in","op":"text","json":{…}}</c>, time in
/// seconds since the connection began. Messages that are not JSON are written as base64 under <c>bytes</c>. Files hold what was said and
/// resumption handles: keep them like the conversation itself.
/// </summary>
internal sealed class FrameRecorder : ILiveFrameObserver
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly DirectoryInfo _folder;
    private readonly TimeProvider _timeProvider;
    private readonly ConcurrentDictionary<string, Recording> _recordings = new();

    internal FrameRecorder(DirectoryInfo folder, TimeProvider timeProvider)
    {
        folder.Create();
        _folder = folder;
        _timeProvider = timeProvider;
    }

    public void Observe(string connectionId, LiveDirection direction, WebSocketMessageType type, ReadOnlySpan<byte> payload)
    {
        var recording = _recordings.GetOrAdd(connectionId, id => new Recording(Path.Combine(_folder.FullName, $"{id}.jsonl"), _timeProvider));
        recording.Write(direction, type, payload);
        if (type == WebSocketMessageType.Close)
            _recordings.TryRemove(connectionId, out _);
    }

    private sealed class Recording(string path, TimeProvider timeProvider)
    {
        private readonly Lock _gate = new();
        private readonly long _started = timeProvider.GetTimestamp();
        private readonly ArrayBufferWriter<byte> _line = new();

        internal void Write(LiveDirection direction, WebSocketMessageType type, ReadOnlySpan<byte> payload)
        {
            lock (_gate)
            {
                _line.ResetWrittenCount();
                using (var json = new Utf8JsonWriter(_line, Plain))
                    WriteLine(json, direction, type, payload);
                _line.Write("\n"u8);
                // Opened for each line: a recording is for looking at while it grows, and may end at any time.
                using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
                file.Write(_line.WrittenSpan);
            }
        }

        private void WriteLine(Utf8JsonWriter json, LiveDirection direction, WebSocketMessageType type, ReadOnlySpan<byte> payload)
        {
            json.WriteStartObject();
            json.WriteNumber("t", Math.Round(timeProvider.GetElapsedTime(_started).TotalSeconds, 6));
            json.WriteString("dir", direction == LiveDirection.FromClient ? "in" : "out");
            json.WriteString("op", type.ToString().ToLower(CultureInfo.InvariantCulture));
            if (type != WebSocketMessageType.Close && TryParse(payload) is { } message)
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
}
