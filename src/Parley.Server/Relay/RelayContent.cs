using Parley.Protocol;

namespace Parley.Server.Relay;

/// <summary>Reads what is said and called in a message of an upstream, never the audio beside it.</summary>
internal static class RelayContent
{
    /// <summary>The transcripts and calls of a message, without its parts.</summary>
    /// <exception cref="LiveProtocolException">They cannot be read.</exception>
    internal static LiveSessionResponse? Of(in ServerPeek peek)
    {
        if (peek.InputTranscription.IsEmpty && peek.OutputTranscription.IsEmpty && peek.ToolCall.IsEmpty)
            return null;
        return LiveCodec.DecodeResponse(
        [
            .. "{\"serverContent\":{\"inputTranscription\":"u8, .. OrNull(peek.InputTranscription), .. ",\"outputTranscription\":"u8, .. OrNull(peek.OutputTranscription),
            .. "},\"toolCall\":"u8, .. OrNull(peek.ToolCall), .. "}"u8,
        ]);

        static ReadOnlySpan<byte> OrNull(ReadOnlySpan<byte> json) => json.IsEmpty ? "null"u8 : json;
    }

    /// <summary>The state of the turn, and the transcripts if they are wanted and can be read.</summary>
    internal static LiveSessionResponse Facts(in ServerPeek peek, bool wantsTexts)
    {
        var message = (wantsTexts ? TryOf(peek) : null) ?? new LiveSessionResponse();
        if (peek.IsTurnComplete || peek.IsInterrupted)
            message.ServerContent = (message.ServerContent ?? new ServerContent()) with { TurnComplete = peek.IsTurnComplete ? true : null, Interrupted = peek.IsInterrupted ? true : null };
        return message;
    }

    private static LiveSessionResponse? TryOf(in ServerPeek peek)
    {
        try
        {
            return Of(peek);
        }
        catch (LiveProtocolException)
        {
            return null;
        }
    }
}
