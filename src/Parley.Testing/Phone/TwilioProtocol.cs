using System.Text.Json;

namespace Parley.Testing.Phone;

/// <summary>Twilio Media Streams (https://www.twilio.com/docs/voice/media-streams/websocket-messages).</summary>
internal sealed class TwilioProtocol(VirtualCallerOptions options) : CarrierProtocol(options)
{
    private readonly string _account = options.AccountId ?? "AC00000000000000000000000000000001";

    internal override string CallId { get; } = options.CallId ?? $"CA{Guid.NewGuid():N}";

    internal override string StreamId { get; } = $"MZ{Guid.NewGuid():N}";

    internal override IEnumerable<(string Name, string Value)> Headers(Uri url) =>
        Options.Secret is { } secret ? [("X-Twilio-Signature", CarrierSignature.Twilio(secret, url, []))] : [];

    internal override IEnumerable<KeyValuePair<string, string>> WebhookForm() =>
    [
        new("AccountSid", _account), new("ApiVersion", "2010-04-01"), new("CallSid", CallId), new("CallStatus", "ringing"), new("Direction", "inbound"),
        new("From", Options.From ?? ""), new("To", Options.To ?? ""),
    ];

    internal override IEnumerable<(string Name, string Value)> WebhookHeaders(Uri url, IReadOnlyCollection<KeyValuePair<string, string>> form, byte[] body) =>
        Options.Secret is { } secret ? [("X-Twilio-Signature", CarrierSignature.Twilio(secret, url, form))] : [];

    // {"event":"connected","protocol":"Call","version":"1.0.0"}
    // {"event":"start","sequenceNumber":"1","start":{"accountSid":"AC…","streamSid":"MZ…","callSid":"CA…","tracks":["inbound"],
    //  "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{…}},"streamSid":"MZ…"}
    internal override IEnumerable<byte[]> Opening() =>
    [
        Write(static json =>
        {
            json.WriteString("event", "connected");
            json.WriteString("protocol", "Call");
            json.WriteString("version", "1.0.0");
        }),
        Message("start", json =>
        {
            json.WriteStartObject("start");
            json.WriteString("accountSid", _account);
            json.WriteString("streamSid", StreamId);
            json.WriteString("callSid", CallId);
            json.WriteStartArray("tracks");
            json.WriteStringValue("inbound");
            json.WriteEndArray();
            json.WriteStartObject("mediaFormat");
            json.WriteString("encoding", "audio/x-mulaw");
            json.WriteNumber("sampleRate", Options.SampleRateHz);
            json.WriteNumber("channels", 1);
            json.WriteEndObject();
            Map(json, "customParameters", ParametersWithNumbers());
            json.WriteEndObject();
        }),
    ];

    // {"event":"media","sequenceNumber":"4","media":{"track":"inbound","chunk":"2","timestamp":"5","payload":"…"},"streamSid":"MZ…"}
    internal override byte[] Media(CallerFrame frame, long sequence) => Message("media", sequence, json =>
    {
        json.WriteStartObject("media");
        json.WriteString("track", "inbound");
        json.WriteString("chunk", Text(frame.Number));
        json.WriteString("timestamp", Text((long)frame.At.TotalMilliseconds));
        json.WriteBase64String("payload", frame.Payload);
        json.WriteEndObject();
    });

    // {"event":"dtmf","streamSid":"MZ…","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"1"}}
    internal override byte[] Key(char key) => Message("dtmf", json =>
    {
        json.WriteStartObject("dtmf");
        json.WriteString("track", "inbound_track");
        json.WriteString("digit", [key]);
        json.WriteEndObject();
    });

    // {"event":"mark","sequenceNumber":"4","streamSid":"MZ…","mark":{"name":"my label"}}
    internal override byte[] Mark(string name) => Message("mark", json =>
    {
        json.WriteStartObject("mark");
        json.WriteString("name", name);
        json.WriteEndObject();
    });

    // {"event":"stop","sequenceNumber":"5","stop":{"accountSid":"AC…","callSid":"CA…"},"streamSid":"MZ…"}
    internal override byte[] Stop() => Message("stop", json =>
    {
        json.WriteStartObject("stop");
        json.WriteString("accountSid", _account);
        json.WriteString("callSid", CallId);
        json.WriteEndObject();
    });

    protected override ServerMessage Read(string name, JsonElement message)
    {
        if (WrongStream(message, "streamSid", isRequired: true) is { } problem)
            return ServerMessage.Invalid(problem);
        return name switch
        {
            "media" => Audio(message),
            "mark" => NamedMark(message),
            "clear" => ServerMessage.Clear,
            _ => ServerMessage.Invalid($"Twilio does not know the event {name}."),
        };
    }

    private byte[] Message(string name, Action<Utf8JsonWriter> members) => Message(name, NextSequence(), members);

    private byte[] Message(string name, long sequence, Action<Utf8JsonWriter> members) => Write(json =>
    {
        json.WriteString("event", name);
        json.WriteString("sequenceNumber", Text(sequence));
        members(json);
        json.WriteString("streamSid", StreamId);
    });
}
