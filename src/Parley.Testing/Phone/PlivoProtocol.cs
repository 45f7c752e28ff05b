using System.Text.Json;

namespace Parley.Testing.Phone;

/// <summary>
/// Plivo Audio Streaming (https://www.plivo.com/docs/voice-agents/audio-streaming/concepts/audio-streaming-reference). Time stamps are milliseconds since
/// 1970. The reference describes no <c>stop</c>; the guide names it, and servers read it, so it is sent before the close.
/// </summary>
internal sealed class PlivoProtocol(VirtualCallerOptions options) : CarrierProtocol(options)
{
    private readonly string _account = options.AccountId ?? "MA000000000000000001";
    private DateTimeOffset _start;
    private string _extraHeaders = "";

    internal override string CallId { get; } = options.CallId ?? Guid.NewGuid().ToString();

    internal override string StreamId { get; } = Guid.NewGuid().ToString();

    internal override bool ReturnsClearedMarks => false;

    internal override IEnumerable<(string Name, string Value)> Headers(Uri url) => WebhookHeaders(url, [], []);

    internal override IEnumerable<KeyValuePair<string, string>> WebhookForm() =>
    [
        new("CallStatus", "ringing"), new("CallUUID", CallId), new("Direction", "inbound"), new("Event", "StartApp"),
        new("From", Options.From ?? ""), new("To", Options.To ?? ""),
    ];

    internal override IEnumerable<(string Name, string Value)> WebhookHeaders(Uri url, IReadOnlyCollection<KeyValuePair<string, string>> form, byte[] body)
    {
        if (Options.Secret is not { } secret)
            return [];
        var nonce = Guid.NewGuid().ToString("N");
        return [("X-Plivo-Signature-V3-Nonce", nonce), ("X-Plivo-Signature-V3", CarrierSignature.Plivo(secret, url, form, nonce))];
    }

    // {"event":"start","sequenceNumber":1,"start":{"callId":"…","streamId":"…","accountId":"MA…","tracks":["inbound"],
    //  "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000}},"extra_headers":"userId=12345;sessionId=abc-xyz"}
    internal override IEnumerable<byte[]> Opening()
    {
        _start = Options.TimeProvider.GetUtcNow();
        _extraHeaders = string.Join(';', ParametersWithNumbers().Select(static pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        return
        [
            Message("start", NextSequence(), hasHeaders: true, withStream: false, json =>
            {
                json.WriteStartObject("start");
                json.WriteString("callId", CallId);
                json.WriteString("streamId", StreamId);
                json.WriteString("accountId", _account);
                json.WriteStartArray("tracks");
                json.WriteStringValue("inbound");
                json.WriteEndArray();
                json.WriteStartObject("mediaFormat");
                json.WriteString("encoding", ContentType);
                json.WriteNumber("sampleRate", Options.SampleRateHz);
                json.WriteEndObject();
                json.WriteEndObject();
            }),
        ];
    }

    // {"event":"media","sequenceNumber":42,"streamId":"…","media":{"track":"inbound","timestamp":"1705312200000","chunk":41,"payload":"…"},
    //  "extra_headers":"…"}
    internal override byte[] Media(CallerFrame frame, long sequence) => Message("media", sequence, hasHeaders: true, withStream: true, json =>
    {
        json.WriteStartObject("media");
        json.WriteString("track", "inbound");
        json.WriteString("timestamp", Text((_start + frame.At).ToUnixTimeMilliseconds()));
        json.WriteNumber("chunk", frame.Number);
        json.WriteBase64String("payload", frame.Payload);
        json.WriteEndObject();
    });

    // {"event":"dtmf","sequenceNumber":50,"streamId":"…","dtmf":{"track":"inbound","digit":"5","timestamp":"1705312250000"},"extra_headers":"…"}
    internal override byte[] Key(char key) => Message("dtmf", NextSequence(), hasHeaders: true, withStream: true, json =>
    {
        json.WriteStartObject("dtmf");
        json.WriteString("track", "inbound");
        json.WriteString("digit", [key]);
        json.WriteString("timestamp", Text(Options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds()));
        json.WriteEndObject();
    });

    // {"event":"playedStream","sequenceNumber":75,"streamId":"…","name":"greeting-complete"}
    internal override byte[] Mark(string name) =>
        Message("playedStream", NextSequence(), hasHeaders: false, withStream: true, json => json.WriteString("name", name));

    // {"event":"clearedAudio","sequenceNumber":80,"streamId":"…"}
    internal override byte[] Cleared() => Message("clearedAudio", NextSequence(), hasHeaders: false, withStream: true, static _ => { });

    internal override byte[] Stop() => Message("stop", NextSequence(), hasHeaders: false, withStream: true, static _ => { });

    protected override ServerMessage Read(string name, JsonElement message) => name switch
    {
        "playAudio" => WrongFormat(message) is { } problem ? ServerMessage.Invalid(problem) : Audio(message),
        "checkpoint" or "clearAudio" when WrongStream(message, "streamId", isRequired: true) is { } problem => ServerMessage.Invalid(problem),
        "checkpoint" => Text(message, "name") is { } label ? ServerMessage.Mark(label) : ServerMessage.Invalid("checkpoint has no name."),
        "clearAudio" => ServerMessage.Clear,
        _ => ServerMessage.Invalid($"Plivo does not know the event {name}."),
    };

    private string ContentType => Options.Encoding == CallerEncoding.Linear16 ? "audio/x-l16" : "audio/x-mulaw";

    // Content type and rate must be those of the stream.
    private string? WrongFormat(JsonElement message)
    {
        if (!message.TryGetProperty("media", out var media) || media.ValueKind != JsonValueKind.Object)
            return "playAudio has no media.";
        if (Text(media, "contentType") != ContentType)
            return $"media.contentType of playAudio is not {ContentType}.";
        return media.TryGetProperty("sampleRate", out var rate) && rate.ValueKind == JsonValueKind.Number
            && rate.TryGetInt32(out var hz) && hz == Options.SampleRateHz
            ? null
            : $"media.sampleRate of playAudio is not {Options.SampleRateHz}.";
    }

    private byte[] Message(string name, long sequence, bool hasHeaders, bool withStream, Action<Utf8JsonWriter> members) => Write(json =>
    {
        json.WriteString("event", name);
        json.WriteNumber("sequenceNumber", sequence);
        if (withStream)
            json.WriteString("streamId", StreamId);
        members(json);
        if (hasHeaders)
            json.WriteString("extra_headers", _extraHeaders);
    });
}
