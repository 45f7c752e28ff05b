using System.Text.Json;
using Parley.Protocol;

namespace Parley.Server.Wire;

/// <summary>
/// What the server must know of a client's message before it parses or forwards it: its kind, and where its tool response lies. A message that holds
/// one chunk of audio is recognized by its first and last bytes and the absence of another quote between; every other is read to the end at its top
/// level, so that no member can hide.
/// </summary>
internal readonly ref struct ClientPeek
{
    private static ReadOnlySpan<byte> AudioPrefix => "{\"realtimeInput\":{\"audio\":{\"mimeType\":\"audio/pcm;rate="u8;

    private static ReadOnlySpan<byte> DataPrefix => "\",\"data\":\""u8;

    private static ReadOnlySpan<byte> AudioSuffix => "\"}}}"u8;

    internal MessageKind Kind { get; private init; }

    /// <summary>The value of <c>toolResponse</c>; empty where there is none.</summary>
    internal ReadOnlySpan<byte> ToolResponse { get; private init; }

    /// <summary>The message holds a member that starts or changes a session: <c>setup</c>, <c>config</c> or <c>contextUpdate</c>.</summary>
    internal bool HasSetup { get; private init; }

    internal bool HasContextUpdate { get; private init; }

    internal bool IsMedia => Kind is MessageKind.Audio or MessageKind.Video;

    /// <summary>The client now waits for an answer, as far as its words tell.</summary>
    internal bool AsksForAnswer { get; private init; }

    /// <summary>The one chunk of a message that holds nothing else; only from <see cref="ReadForDecoding"/>, and only if <see cref="HasChunk"/>.</summary>
    internal AudioChunk Chunk { get; private init; }

    internal bool HasChunk { get; private init; }

    /// <summary>Looks at a message that goes on unparsed.</summary>
    internal static ClientPeek Read(ReadOnlySpan<byte> message) =>
        IsPlainAudio(message) ? new ClientPeek { Kind = MessageKind.Audio } : ReadWhole(message);

    /// <summary>
    /// Looks at a message that is decoded here: one that begins and ends as a chunk of audio is not searched for other members, because its base64
    /// then cannot be decoded. Call <see cref="ReadWhole"/> in that case.
    /// </summary>
    internal static ClientPeek ReadForDecoding(ReadOnlySpan<byte> message) =>
        AudioMessage.TryFindInput(message, out var chunk) ? new ClientPeek { Kind = MessageKind.Audio, HasChunk = true, Chunk = chunk } : ReadWhole(message);

    private static bool IsPlainAudio(ReadOnlySpan<byte> frame)
    {
        if (!frame.StartsWith(AudioPrefix) || !frame.EndsWith(AudioSuffix))
            return false;
        var rest = frame[AudioPrefix.Length..];
        var digits = rest.IndexOf((byte)'"');
        if (digits is < 1 or > 6 || !rest[digits..].StartsWith(DataPrefix))
            return false;
        var start = AudioPrefix.Length + digits + DataPrefix.Length;
        return start <= frame.Length - AudioSuffix.Length && frame[start..^AudioSuffix.Length].IndexOfAny((byte)'"', (byte)'\\') < 0;
    }

    internal static ClientPeek ReadWhole(ReadOnlySpan<byte> frame)
    {
        var kind = MessageKind.Other;
        bool setup = false, context = false, asks = false;
        ReadOnlySpan<byte> tool = default;
        try
        {
            var reader = new Utf8JsonReader(frame);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return new ClientPeek { Kind = MessageKind.Unreadable };
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("realtimeInput"u8) || reader.ValueTextEquals("realtime_input"u8))
                {
                    kind = ReadInput(ref reader, ref asks);
                    continue;
                }
                if (reader.ValueTextEquals("setup"u8) || reader.ValueTextEquals("config"u8))
                    (kind, setup) = (MessageKind.Setup, true);
                else if (reader.ValueTextEquals("contextUpdate"u8) || reader.ValueTextEquals("context_update"u8))
                    (kind, context) = (MessageKind.Context, true);
                else if (reader.ValueTextEquals("clientContent"u8) || reader.ValueTextEquals("client_content"u8))
                    (kind, asks) = (MessageKind.Content, true);
                else if (reader.ValueTextEquals("toolResponse"u8) || reader.ValueTextEquals("tool_response"u8))
                {
                    (kind, asks) = (MessageKind.Tool, true);
                    tool = JsonRange.Value(frame, ref reader);
                    continue;
                }
                reader.Skip();
            }
            // What follows the object is not a frame of this protocol, and could be read differently elsewhere.
            if (reader.Read())
                return new ClientPeek { Kind = MessageKind.Unreadable, HasSetup = setup, HasContextUpdate = context };
            return new ClientPeek { Kind = kind, HasSetup = setup, HasContextUpdate = context, ToolResponse = tool, AsksForAnswer = asks };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new ClientPeek { Kind = MessageKind.Unreadable, HasSetup = setup, HasContextUpdate = context };
        }
    }

    private static MessageKind ReadInput(ref Utf8JsonReader reader, ref bool asks)
    {
        var kind = MessageKind.Other;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return kind;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // An activity mark decides: a frame that holds one must not be dropped as sound.
            if (reader.ValueTextEquals("activityEnd"u8) || reader.ValueTextEquals("activity_end"u8))
                (kind, asks) = (MessageKind.Activity, true);
            else if (reader.ValueTextEquals("activityStart"u8) || reader.ValueTextEquals("activity_start"u8)
                || reader.ValueTextEquals("audioStreamEnd"u8) || reader.ValueTextEquals("audio_stream_end"u8))
                kind = MessageKind.Activity;
            else if (reader.ValueTextEquals("text"u8))
            {
                asks = true;
                if (kind != MessageKind.Activity)
                    kind = MessageKind.Text;
            }
            else if (kind == MessageKind.Other)
            {
                if (reader.ValueTextEquals("audio"u8) || reader.ValueTextEquals("mediaChunks"u8) || reader.ValueTextEquals("media_chunks"u8))
                    kind = MessageKind.Audio;
                else if (reader.ValueTextEquals("video"u8))
                    kind = MessageKind.Video;
            }
            reader.Skip();
        }
        return kind;
    }
}
