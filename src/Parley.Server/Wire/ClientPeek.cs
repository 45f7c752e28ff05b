using System.Text.Json;
using Parley.Protocol;

namespace Parley.Server.Wire;

/// <summary>
/// What the server reads of a client's message before it decodes or forwards it: its kind, and the position of its tool response. A message with one
/// audio chunk is recognized by its first and last bytes and the absence of another quote in between; every other message is scanned completely at its
/// top level, so that no member can be hidden.
/// </summary>
internal readonly ref struct ClientPeek
{
    private static ReadOnlySpan<byte> AudioPrefix => "{\"realtimeInput\":{\"audio\":{\"mimeType\":\"audio/pcm;rate="u8;

    private static ReadOnlySpan<byte> DataPrefix => "\",\"data\":\""u8;

    private static ReadOnlySpan<byte> AudioSuffix => "\"}}}"u8;

    internal MessageKind Kind { get; private init; }

    /// <summary>The value of <c>toolResponse</c>; empty if absent.</summary>
    internal ReadOnlySpan<byte> ToolResponse { get; private init; }

    /// <summary>The message holds a member that starts or changes a session: <c>setup</c>, <c>config</c> or <c>contextUpdate</c>.</summary>
    internal bool HasSetup { get; private init; }

    internal bool HasContextUpdate { get; private init; }

    /// <summary>The message holds text that the user typed: <c>realtimeInput.text</c> or <c>clientContent</c>, also beside other members.</summary>
    internal bool HasTyped { get; private init; }

    internal bool IsMedia => Kind is MessageKind.Audio or MessageKind.Video;

    /// <summary>The message asks for an answer: it completes a turn, sends text or a tool response.</summary>
    internal bool AsksForAnswer { get; private init; }

    /// <summary>The one chunk of a message that holds nothing else; only from <see cref="ReadForDecoding"/>, and only if <see cref="HasChunk"/>.</summary>
    internal AudioChunk Chunk { get; private init; }

    internal bool HasChunk { get; private init; }

    /// <summary>The message holds one audio chunk and nothing else; only from <see cref="Read"/>.</summary>
    internal bool IsChunk { get; private init; }

    /// <summary>Reads a message that is forwarded unparsed.</summary>
    internal static ClientPeek Read(ReadOnlySpan<byte> message) =>
        IsPlainAudio(message) ? new ClientPeek { Kind = MessageKind.Audio, IsChunk = true } : ReadWhole(message);

    /// <summary>
    /// Reads a message that is decoded here. One that begins and ends like an audio chunk is not scanned for other members: if there are any, decoding its
    /// base64 fails. Call <see cref="ReadWhole"/> in that case.
    /// </summary>
    internal static ClientPeek ReadForDecoding(ReadOnlySpan<byte> message) =>
        AudioMessage.TryFindInput(message, out var chunk) ? new ClientPeek { Kind = MessageKind.Audio, HasChunk = true, Chunk = chunk } : ReadWhole(message);

    private static bool IsPlainAudio(ReadOnlySpan<byte> message)
    {
        if (!message.StartsWith(AudioPrefix) || !message.EndsWith(AudioSuffix))
            return false;
        var rest = message[AudioPrefix.Length..];
        var digits = rest.IndexOf((byte)'"');
        if (digits is < 1 or > 6 || rest[..digits].ContainsAnyExceptInRange((byte)'0', (byte)'9') || !rest[digits..].StartsWith(DataPrefix))
            return false;
        var start = AudioPrefix.Length + digits + DataPrefix.Length;
        return start <= message.Length - AudioSuffix.Length && message[start..^AudioSuffix.Length].IndexOfAny((byte)'"', (byte)'\\') < 0;
    }

    internal static ClientPeek ReadWhole(ReadOnlySpan<byte> message)
    {
        var kind = MessageKind.Other;
        bool setup = false, context = false, asks = false, typed = false;
        ReadOnlySpan<byte> tool = default;
        try
        {
            var reader = new Utf8JsonReader(message);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return new ClientPeek { Kind = MessageKind.Unreadable };
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("realtimeInput"u8) || reader.ValueTextEquals("realtime_input"u8))
                {
                    kind = ReadInput(ref reader, ref asks, ref typed);
                    continue;
                }
                if (reader.ValueTextEquals("setup"u8) || reader.ValueTextEquals("config"u8))
                {
                    (kind, setup) = (MessageKind.Setup, true);
                }
                else if (reader.ValueTextEquals("contextUpdate"u8) || reader.ValueTextEquals("context_update"u8))
                {
                    (kind, context) = (MessageKind.Context, true);
                }
                else if (reader.ValueTextEquals("clientContent"u8) || reader.ValueTextEquals("client_content"u8))
                {
                    (kind, asks, typed) = (MessageKind.Content, true, true);
                }
                else if (reader.ValueTextEquals("toolResponse"u8) || reader.ValueTextEquals("tool_response"u8))
                {
                    (kind, asks) = (MessageKind.Tool, true);
                    tool = JsonRange.Value(message, ref reader);
                    continue;
                }
                reader.Skip();
            }
            // Data after the object is not part of this protocol, and another parser could read it differently.
            if (reader.Read())
                return new ClientPeek { Kind = MessageKind.Unreadable, HasSetup = setup, HasContextUpdate = context };
            return new ClientPeek { Kind = kind, HasSetup = setup, HasContextUpdate = context, ToolResponse = tool, AsksForAnswer = asks, HasTyped = typed };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new ClientPeek { Kind = MessageKind.Unreadable, HasSetup = setup, HasContextUpdate = context };
        }
    }

    private static MessageKind ReadInput(ref Utf8JsonReader reader, ref bool asks, ref bool typed)
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
            // An activity mark takes precedence: a message with one must not be dropped as audio.
            if (reader.ValueTextEquals("activityEnd"u8) || reader.ValueTextEquals("activity_end"u8))
            {
                (kind, asks) = (MessageKind.Activity, true);
            }
            else if (reader.ValueTextEquals("activityStart"u8) || reader.ValueTextEquals("activity_start"u8)
                || reader.ValueTextEquals("audioStreamEnd"u8) || reader.ValueTextEquals("audio_stream_end"u8))
            {
                kind = MessageKind.Activity;
            }
            else if (reader.ValueTextEquals("text"u8))
            {
                asks = typed = true;
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
