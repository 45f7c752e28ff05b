using System.Text.Json;
using Parley.Server.Wire;

namespace Parley.Server.Relay;

/// <summary>
/// What a look at a server's frame tells. Looks at top-level members and the names inside <c>serverContent</c>; strings of media are skipped,
/// and a frame that holds one chunk of sound is told by its first and last bytes. Allocates nothing.
/// </summary>
internal readonly ref struct ServerPeek
{
    private static ReadOnlySpan<byte> AudioPrefix => "{\"serverContent\":{\"modelTurn\":{\"role\":\"model\",\"parts\":[{\"inlineData\":{\"mimeType\":\"audio/pcm;rate=24000\",\"data\":\""u8;

    private static ReadOnlySpan<byte> AudioSuffix => "\"}}]}}}"u8;

    // As the public service writes it, to the last space.
    private static ReadOnlySpan<byte> ServiceAudioPrefix => "{\n  \"serverContent\": {\n    \"modelTurn\": {\n      \"parts\": [\n        {\n          \"inlineData\": {\n            \"mimeType\": \"audio/pcm;rate=24000\",\n            \"data\": \""u8;

    private static ReadOnlySpan<byte> ServiceAudioSuffix => "\"\n          }\n        }\n      ]\n    }\n  }\n}\n"u8;

    internal MessageKind Kind { get; private init; }

    /// <summary>One chunk of sound and nothing else.</summary>
    internal bool IsPlainAudio { get; private init; }

    internal bool IsSetupComplete { get; private init; }

    /// <summary>Something of an answer is in it: a part, or its transcription.</summary>
    internal bool HasOutput { get; private init; }

    internal bool IsTurnComplete { get; private init; }

    internal bool IsInterrupted { get; private init; }

    internal bool IsGoAway { get; private init; }

    /// <summary>Values of members; empty where absent.</summary>
    internal ReadOnlySpan<byte> GoAway { get; private init; }

    internal ReadOnlySpan<byte> ToolCall { get; private init; }

    internal ReadOnlySpan<byte> Cancellation { get; private init; }

    internal ReadOnlySpan<byte> Usage { get; private init; }

    /// <summary>Where the value of <c>sessionResumptionUpdate</c> lies in the frame; empty where there is none.</summary>
    internal Range Resumption { get; private init; }

    internal bool HasResumption { get; private init; }

    internal static ServerPeek Read(ReadOnlySpan<byte> frame) =>
        IsPlain(frame, AudioPrefix, AudioSuffix) || IsPlain(frame, ServiceAudioPrefix, ServiceAudioSuffix)
            ? new ServerPeek { Kind = MessageKind.Audio, IsPlainAudio = true, HasOutput = true }
            : ReadWhole(frame);

    private static bool IsPlain(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> suffix) =>
        frame.Length >= prefix.Length + suffix.Length && frame.StartsWith(prefix) && frame.EndsWith(suffix)
        && frame[prefix.Length..^suffix.Length].IndexOfAny((byte)'"', (byte)'\\') < 0;

    private static ServerPeek ReadWhole(ReadOnlySpan<byte> frame)
    {
        var content = new ContentFacts();
        var kind = MessageKind.Other;
        bool complete = false, goingAway = false, resumption = false;
        ReadOnlySpan<byte> goAway = default, call = default, cancellation = default, usage = default;
        Range update = default;
        try
        {
            var reader = new Utf8JsonReader(frame);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return new ServerPeek { Kind = MessageKind.Unreadable };
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("serverContent"u8))
                    kind = content.Read(frame, ref reader);
                else if (reader.ValueTextEquals("usageMetadata"u8))
                    usage = JsonRange.Value(frame, ref reader);
                else if (reader.ValueTextEquals("toolCall"u8))
                    call = Of(frame, ref reader, MessageKind.Tool, out kind);
                else if (reader.ValueTextEquals("toolCallCancellation"u8))
                    cancellation = Of(frame, ref reader, MessageKind.Tool, out kind);
                else if (reader.ValueTextEquals("sessionResumptionUpdate"u8))
                    (kind, resumption, update) = (MessageKind.Control, true, JsonRange.Of(ref reader));
                else if (reader.ValueTextEquals("goAway"u8))
                    {
                    goAway = Of(frame, ref reader, MessageKind.Control, out kind);
                    goingAway = true;
                }
                else if (reader.ValueTextEquals("setupComplete"u8))
                {
                    (kind, complete) = (MessageKind.Setup, true);
                    reader.Skip();
                }
                else
                    reader.Skip();
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

    private static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> frame, scoped ref Utf8JsonReader reader, MessageKind member, out MessageKind kind)
    {
        kind = member;
        return JsonRange.Value(frame, ref reader);
    }

    private ref struct ContentFacts
    {
        internal bool HasOutput, IsTurnComplete, IsInterrupted;

        internal MessageKind Read(ReadOnlySpan<byte> frame, scoped ref Utf8JsonReader reader)
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
                    // The name comes before the data, so a long string is not searched.
                    if (JsonRange.Value(frame, ref reader).IndexOf("\"inlineData\""u8) >= 0)
                        kind = MessageKind.Audio;
                }
                else if (reader.ValueTextEquals("outputTranscription"u8))
                {
                    HasOutput = true;
                    reader.Skip();
                }
                else if (reader.ValueTextEquals("turnComplete"u8))
                    IsTurnComplete = IsTrue(ref reader);
                else if (reader.ValueTextEquals("interrupted"u8))
                    IsInterrupted = IsTrue(ref reader);
                else
                    reader.Skip();
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
