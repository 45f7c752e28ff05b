using System.Text.Json;
using Parley.Server.Wire;

namespace Parley.Server.Relay;

/// <summary>
/// What the relay reads of a server message: top-level members and the names inside <c>serverContent</c>. Media strings are skipped, and a message with
/// one audio chunk is recognized by its first and last bytes. Allocates nothing.
/// </summary>
internal readonly ref struct ServerPeek
{
    private static ReadOnlySpan<byte> AudioPrefix => "{\"serverContent\":{\"modelTurn\":{\"role\":\"model\",\"parts\":[{\"inlineData\":{\"mimeType\":\"audio/pcm;rate=24000\",\"data\":\""u8;

    private static ReadOnlySpan<byte> AudioSuffix => "\"}}]}}}"u8;

    // Exactly as the public service formats it.
    private static ReadOnlySpan<byte> ServiceAudioPrefix => "{\n  \"serverContent\": {\n    \"modelTurn\": {\n      \"parts\": [\n        {\n          \"inlineData\": {\n            \"mimeType\": \"audio/pcm;rate=24000\",\n            \"data\": \""u8;

    private static ReadOnlySpan<byte> ServiceAudioSuffix => "\"\n          }\n        }\n      ]\n    }\n  }\n}\n"u8;

    internal MessageKind Kind { get; private init; }

    /// <summary>The message holds one audio chunk and nothing else.</summary>
    internal bool IsPlainAudio { get; private init; }

    internal bool IsSetupComplete { get; private init; }

    /// <summary>The message holds output of the model: a part or its transcription.</summary>
    internal bool HasOutput { get; private init; }

    internal bool IsTurnComplete { get; private init; }

    internal bool IsInterrupted { get; private init; }

    internal bool IsGoAway { get; private init; }

    /// <summary>The value of the member; empty if absent. The same for the following members.</summary>
    internal ReadOnlySpan<byte> GoAway { get; private init; }

    internal ReadOnlySpan<byte> ToolCall { get; private init; }

    internal ReadOnlySpan<byte> Cancellation { get; private init; }

    internal ReadOnlySpan<byte> Usage { get; private init; }

    internal ReadOnlySpan<byte> InputTranscription { get; private init; }

    internal ReadOnlySpan<byte> OutputTranscription { get; private init; }

    /// <summary>The message holds parts of the model without media, such as text.</summary>
    internal bool HasText { get; private init; }

    /// <summary>Position of the value of <c>sessionResumptionUpdate</c> in the message; empty if absent.</summary>
    internal Range Resumption { get; private init; }

    internal bool HasResumption { get; private init; }

    internal static ServerPeek Read(ReadOnlySpan<byte> message) =>
        IsPlain(message, AudioPrefix, AudioSuffix) || IsPlain(message, ServiceAudioPrefix, ServiceAudioSuffix)
            ? new ServerPeek { Kind = MessageKind.Audio, IsPlainAudio = true, HasOutput = true }
            : ReadWhole(message);

    private static bool IsPlain(ReadOnlySpan<byte> message, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> suffix) =>
        message.Length >= prefix.Length + suffix.Length && message.StartsWith(prefix) && message.EndsWith(suffix)
        && message[prefix.Length..^suffix.Length].IndexOfAny((byte)'"', (byte)'\\') < 0;

    private static ServerPeek ReadWhole(ReadOnlySpan<byte> message)
    {
        var content = new ContentFacts();
        var kind = MessageKind.Other;
        bool complete = false, goingAway = false, resumption = false;
        ReadOnlySpan<byte> goAway = default, call = default, cancellation = default, usage = default;
        Range update = default;
        try
        {
            var reader = new Utf8JsonReader(message);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return new ServerPeek { Kind = MessageKind.Unreadable };
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("serverContent"u8))
                {
                    kind = content.Read(message, ref reader);
                }
                else if (reader.ValueTextEquals("usageMetadata"u8))
                {
                    usage = JsonRange.Value(message, ref reader);
                }
                else if (reader.ValueTextEquals("toolCall"u8))
                {
                    call = Of(message, ref reader, MessageKind.Tool, out kind);
                }
                else if (reader.ValueTextEquals("toolCallCancellation"u8))
                {
                    cancellation = Of(message, ref reader, MessageKind.Tool, out kind);
                }
                else if (reader.ValueTextEquals("sessionResumptionUpdate"u8))
                {
                    (kind, resumption, update) = (MessageKind.Control, true, JsonRange.Of(ref reader));
                }
                else if (reader.ValueTextEquals("goAway"u8))
                    {
                    goAway = Of(message, ref reader, MessageKind.Control, out kind);
                    goingAway = true;
                }
                else if (reader.ValueTextEquals("setupComplete"u8))
                {
                    (kind, complete) = (MessageKind.Setup, true);
                    reader.Skip();
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new ServerPeek { Kind = MessageKind.Unreadable };
        }
        return new ServerPeek
        {
            Kind = kind,
            IsSetupComplete = complete,
            HasOutput = content.HasOutput,
            HasText = content.HasText,
            InputTranscription = content.InputTranscription,
            OutputTranscription = content.OutputTranscription,
            IsTurnComplete = content.IsTurnComplete,
            IsInterrupted = content.IsInterrupted,
            IsGoAway = goingAway,
            GoAway = goAway,
            ToolCall = call,
            Cancellation = cancellation,
            Usage = usage,
            HasResumption = resumption,
            Resumption = update,
        };
    }

    private static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> message, scoped ref Utf8JsonReader reader, MessageKind member, out MessageKind kind)
    {
        kind = member;
        return JsonRange.Value(message, ref reader);
    }

    private ref struct ContentFacts
    {
        internal bool HasOutput, HasText, IsTurnComplete, IsInterrupted;
        internal ReadOnlySpan<byte> InputTranscription, OutputTranscription;

        internal MessageKind Read(ReadOnlySpan<byte> message, scoped ref Utf8JsonReader reader)
        {
            var kind = MessageKind.Content;
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                return kind;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("modelTurn"u8))
                {
                    HasOutput = true;
                    // The name precedes the data, so a long string is not searched.
                    if (JsonRange.Value(message, ref reader).IndexOf("\"inlineData\""u8) >= 0)
                        kind = MessageKind.Audio;
                    else
                        HasText = true;
                }
                else if (reader.ValueTextEquals("outputTranscription"u8))
                {
                    HasOutput = true;
                    OutputTranscription = JsonRange.Value(message, ref reader);
                }
                else if (reader.ValueTextEquals("inputTranscription"u8))
                {
                    InputTranscription = JsonRange.Value(message, ref reader);
                }
                else if (reader.ValueTextEquals("turnComplete"u8))
                {
                    IsTurnComplete = IsTrue(ref reader);
                }
                else if (reader.ValueTextEquals("interrupted"u8))
                {
                    IsInterrupted = IsTrue(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }
            return kind;
        }

        private static bool IsTrue(ref Utf8JsonReader reader)
        {
            reader.Read();
            var isTrue = reader.TokenType == JsonTokenType.True;
            reader.Skip();
            return isTrue;
        }
    }
}
