using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Parley.Protocol;

namespace Parley.Server.Webhooks;

/// <summary>Writes an event as the body of a request: <c>{"type":"turn.ended","timestamp":"…","id":"evt_…","sequence":7,"session":{…},"data":{…}}</c>.</summary>
internal static class EventJson
{
    internal static byte[] Write(LiveSessionEvent sessionEvent)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, sessionEvent.Type);
            writer.WriteString("timestamp"u8, sessionEvent.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("id"u8, sessionEvent.Id);
            writer.WriteNumber("sequence"u8, sessionEvent.Sequence);
            writer.WritePropertyName("session"u8);
            WriteSession(writer, sessionEvent.Session);
            writer.WriteStartObject("data"u8);
            WriteData(writer, sessionEvent);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSession(Utf8JsonWriter writer, LiveSessionFacts session)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, session.Id);
        writer.WriteString("connectionId"u8, session.ConnectionId);
        writer.WriteString("node"u8, session.Node);
        writer.WriteString("model"u8, session.Model);
        writer.WriteBoolean("relayed"u8, session.IsRelayed);
        writer.WriteString("keyId"u8, session.Caller.KeyId);
        writer.WriteString("owner"u8, session.Caller.Owner);
        writer.WriteBoolean("onToken"u8, session.Caller.HasToken);
        if (session.Caller.UserId is { } user)
            writer.WriteString("user"u8, user);
        if (session.Caller.Metadata is { Count: > 0 } metadata)
        {
            writer.WriteStartObject("metadata"u8);
            foreach (var (name, value) in metadata)
                writer.WriteString(name, value);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WriteData(Utf8JsonWriter writer, LiveSessionEvent sessionEvent)
    {
        switch (sessionEvent)
        {
            case LiveSessionEnded ended:
                writer.WriteNumber("code"u8, ended.Code);
                writer.WriteString("reason"u8, ended.Reason);
                writer.WriteString("cause"u8, ended.Cause);
                writer.WriteBoolean("mayResume"u8, ended.MayResume);
                WriteSeconds(writer, ended.Duration);
                writer.WriteNumber("promptTokens"u8, ended.PromptTokens);
                writer.WriteNumber("responseTokens"u8, ended.ResponseTokens);
                WriteCost(writer, ended.Cost);
                break;
            case LiveTurnStarted turn:
                writer.WriteNumber("turn"u8, turn.Turn);
                break;
            case LiveTurnInterrupted turn:
                writer.WriteNumber("turn"u8, turn.Turn);
                break;
            case LiveTurnEnded turn:
                writer.WriteNumber("turn"u8, turn.Turn);
                writer.WriteString("outcome"u8, turn.Outcome);
                WriteSeconds(writer, turn.Duration);
                break;
            case LiveTranscriptFinal transcript:
                writer.WriteString("speaker"u8, transcript.Speaker);
                writer.WriteString("text"u8, transcript.Text);
                writer.WriteBoolean("spoken"u8, transcript.IsSpoken);
                writer.WriteBoolean("interrupted"u8, transcript.IsInterrupted);
                writer.WriteNumber("turn"u8, transcript.Turn);
                break;
            case LiveToolCalled call:
                writer.WriteString("callId"u8, call.CallId);
                writer.WriteString("name"u8, call.Name);
                WriteJson(writer, "arguments", call.Arguments);
                break;
            case LiveToolAnswered call:
                writer.WriteString("callId"u8, call.CallId);
                writer.WriteString("name"u8, call.Name);
                writer.WriteString("outcome"u8, call.Outcome);
                WriteSeconds(writer, call.Duration);
                WriteJson(writer, "response", call.Response);
                break;
            case LiveUsageReported usage:
                WriteUsage(writer, usage);
                break;
            case LiveCheckActed acted:
                writer.WriteString("check"u8, acted.Check);
                writer.WriteString("verdict"u8, acted.Verdict);
                writer.WriteString("speaker"u8, acted.Speaker);
                writer.WriteBoolean("spoken"u8, acted.IsSpoken);
                if (acted.Reason is not null)
                    writer.WriteString("reason"u8, acted.Reason);
                break;
            case LiveCheckFailed failed:
                writer.WriteString("check"u8, failed.Check);
                writer.WriteString("speaker"u8, failed.Speaker);
                writer.WriteString("cause"u8, failed.Cause);
                writer.WriteString("outcome"u8, failed.Outcome);
                break;
            case LiveLimitReached limit:
                writer.WriteString("limit"u8, limit.Limit);
                break;
        }
    }

    private static void WriteUsage(Utf8JsonWriter writer, LiveUsageReported usage)
    {
        var message = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(new LiveSessionResponse { UsageMetadata = usage.Usage }, message);
        using var document = JsonDocument.Parse(message.WrittenMemory);
        foreach (var member in document.RootElement.EnumerateObject())
            member.WriteTo(writer);
        WriteCost(writer, usage.Cost);
        if (usage.Currency is not null)
            writer.WriteString("currency"u8, usage.Currency);
    }

    private static void WriteSeconds(Utf8JsonWriter writer, TimeSpan duration) => writer.WriteNumber("seconds"u8, Math.Round(duration.TotalSeconds, 3));

    private static void WriteCost(Utf8JsonWriter writer, decimal? cost)
    {
        if (cost is { } value)
            writer.WriteNumber("cost"u8, value);
    }

    private static void WriteJson(Utf8JsonWriter writer, string name, JsonElement? value)
    {
        if (value is not { } element)
            return;
        writer.WritePropertyName(name);
        element.WriteTo(writer);
    }
}
