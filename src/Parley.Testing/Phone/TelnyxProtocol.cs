using System.Globalization;
using System.Text.Json;

namespace Parley.Testing.Phone;

/// <summary>
/// Telnyx media streaming in RTP mode (https://developers.telnyx.com/api-reference/websockets/stream-call-media-over-websocket). The order of media
/// messages is not guaranteed; the server sorts by chunk or sequence number.
/// </summary>
internal sealed class TelnyxProtocol(VirtualCallerOptions options) : CarrierProtocol(options)
{
    private const string TokenHeader = "x-telnyx-streaming-auth-token";

    private readonly string _user = options.AccountId ?? "00000000-0000-4000-8000-000000000001";
    private readonly string _session = Guid.NewGuid().ToString();

    internal override string CallId { get; } = options.CallId ?? $"v3:{Guid.NewGuid():N}";

    internal override string StreamId { get; } = Guid.NewGuid().ToString();

    internal override bool KeepsOrder => false;

    // After a webhook, the secret is the key that signed that.
    private string? Token => Options.HasAnswer ? null : Options.Secret;

    internal override IEnumerable<(string Name, string Value)> Headers(Uri url) => Token is { } token ? [(TokenHeader, token)] : [];

    internal override IEnumerable<KeyValuePair<string, string>> WebhookForm() =>
    [
        new("AccountSid", _user), new("CallSid", CallId), new("CallStatus", "ringing"), new("Direction", "inbound"),
        new("From", Options.From ?? ""), new("To", Options.To ?? ""),
    ];

    internal override IEnumerable<(string Name, string Value)> WebhookHeaders(Uri url, IReadOnlyCollection<KeyValuePair<string, string>> form, byte[] body)
    {
        if (Options.Secret is not { } key)
            return [];
        var timestamp = Text(Options.TimeProvider.GetUtcNow().ToUnixTimeSeconds());
        return [("telnyx-timestamp", timestamp), ("telnyx-signature-ed25519", CarrierSignature.Telnyx(key, timestamp, body))];
    }

    // {"event":"connected","version":"1.0.0","connected":{"x-telnyx-streaming-auth-token":"…"}}
    // {"event":"start","sequence_number":"1","start":{"user_id":"…","call_control_id":"…","call_session_id":"…","from":"+1…","to":"+1…",
    //  "custom_parameters":{…},"media_format":{"encoding":"PCMU","sample_rate":8000,"channels":1}},"stream_id":"…"}
    internal override IEnumerable<byte[]> Opening() =>
    [
        Write(json =>
        {
            json.WriteString("event", "connected");
            json.WriteString("version", "1.0.0");
            if (Token is { } token)
                Map(json, "connected", [new(TokenHeader, token)]);
        }),
        Message("start", NextSequence(), json =>
        {
            json.WriteStartObject("start");
            json.WriteString("user_id", _user);
            json.WriteString("call_control_id", CallId);
            json.WriteString("call_session_id", _session);
            if (Options.From is { } from)
                json.WriteString("from", from);
            if (Options.To is { } to)
                json.WriteString("to", to);
            Map(json, "custom_parameters", Options.Parameters);
            json.WriteStartObject("media_format");
            json.WriteString("encoding", Encoding);
            json.WriteNumber("sample_rate", Options.SampleRateHz);
            json.WriteNumber("channels", 1);
            json.WriteEndObject();
            json.WriteEndObject();
        }),
    ];

    // {"event":"media","sequence_number":"4","media":{"track":"inbound","chunk":"2","timestamp":"5","payload":"…"},"stream_id":"…"}
    internal override byte[] Media(CallerFrame frame, long sequence) => Message("media", sequence, json =>
    {
        json.WriteStartObject("media");
        json.WriteString("track", "inbound");
        json.WriteString("chunk", Text(frame.Number));
        json.WriteString("timestamp", Text((long)frame.At.TotalMilliseconds));
        json.WriteBase64String("payload", frame.Payload);
        json.WriteEndObject();
    });

    // {"event":"dtmf","stream_id":"…","occurred_at":"…","sequence_number":"5","dtmf":{"digit":"1"}}
    internal override byte[] Key(char key) => Message("dtmf", NextSequence(), json =>
    {
        json.WriteString("occurred_at", Options.TimeProvider.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        json.WriteStartObject("dtmf");
        json.WriteString("digit", [key]);
        json.WriteEndObject();
    });

    // {"event":"mark","sequence_number":"6","mark":{"name":"…"},"stream_id":"…"}
    internal override byte[] Mark(string name) => Message("mark", NextSequence(), json =>
    {
        json.WriteStartObject("mark");
        json.WriteString("name", name);
        json.WriteEndObject();
    });

    // {"event":"stop","sequence_number":"5","stop":{"user_id":"…","call_control_id":"…"},"stream_id":"…"}
    internal override byte[] Stop() => Message("stop", NextSequence(), json =>
    {
        json.WriteStartObject("stop");
        json.WriteString("user_id", _user);
        json.WriteString("call_control_id", CallId);
        json.WriteEndObject();
    });

    // {"event":"error","sequence_number":"6","error":{"title":"malformed_frame","code":"100003","detail":"…"},"stream_id":"…"}
    internal override byte[] Error(string problem) => Message("error", NextSequence(), json =>
    {
        json.WriteStartObject("error");
        json.WriteString("title", "malformed_frame");
        json.WriteString("code", "100003");
        json.WriteString("detail", problem);
        json.WriteEndObject();
    });

    protected override ServerMessage Read(string name, JsonElement message)
    {
        if (WrongStream(message, "stream_id", isRequired: false) is { } problem)
            return ServerMessage.Invalid(problem);
        return name switch
        {
            "media" => Audio(message),
            "mark" => NamedMark(message),
            "clear" => ServerMessage.Clear,
            _ => ServerMessage.Invalid($"Telnyx does not know the event {name}."),
        };
    }

    private string Encoding => Options.Encoding switch
    {
        CallerEncoding.ALaw => "PCMA",
        CallerEncoding.Linear16 => "L16",
        _ => "PCMU",
    };

    private byte[] Message(string name, long sequence, Action<Utf8JsonWriter> members) => Write(json =>
    {
        json.WriteString("event", name);
        json.WriteString("sequence_number", Text(sequence));
        members(json);
        json.WriteString("stream_id", StreamId);
    });
}
