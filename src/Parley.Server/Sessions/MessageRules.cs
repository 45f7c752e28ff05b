using System.Buffers;
using Parley.Protocol;
using Parley.Server.Wire;

namespace Parley.Server.Sessions;

/// <summary>
/// Checks a client message of a running session before it is parsed: the size limit of its kind, no second setup, no change of a pinned context. The
/// same for local and relayed sessions.
/// </summary>
/// <param name="options">The size limits.</param>
/// <param name="pinsContext">Instruction or tools come from a token or a policy, so the client may not change them.</param>
/// <param name="allowsUnknown">Messages that this server does not know are forwarded: nothing restricts the session.</param>
internal sealed class MessageRules(LiveApiOptions options, bool pinsContext, bool allowsUnknown)
{
    /// <exception cref="LiveCloseException">The message breaks a rule.</exception>
    internal void Check(in ClientPeek message, int length)
    {
        if (length > MaxBytes(options, message.Kind))
            throw new LiveCloseException(LiveClose.TooBig);
        if (message.HasSetup)
            throw new LiveCloseException(LiveClose.SetupFirst);
        if (pinsContext && message.HasContextUpdate)
            throw new LiveCloseException(LiveClose.InvalidArgument);
    }

    /// <summary>
    /// Checks a message that is forwarded as it is. In a restricted session only what this server knows may pass, down to the last member: what it does
    /// not know could change what is locked.
    /// </summary>
    /// <exception cref="LiveProtocolException">The message has something unknown in it; with the service's text.</exception>
    internal void CheckForwarded(in ClientPeek message, ReadOnlySpan<byte> payload)
    {
        if (allowsUnknown || message.IsChunk || (message.Kind == MessageKind.Audio && HasOneChunk(payload)))
            return;
        LiveCodec.DecodeRequest(payload, options.Compatibility);
    }

    internal static int MaxBytes(LiveApiOptions options, MessageKind kind) => kind switch
    {
        MessageKind.Setup => options.Messages.MaxSetupBytes,
        MessageKind.Audio or MessageKind.Activity => options.Messages.MaxAudioBytes,
        MessageKind.Video => options.Messages.MaxVideoBytes,
        MessageKind.Text => options.Messages.MaxTextBytes,
        MessageKind.Tool => options.Messages.MaxToolBytes,
        _ => options.Messages.MaxBytes,
    };

    // Audio in another spelling, such as data before mimeType: what decodes as base64 holds nothing else. Nothing is allocated for it either.
    private static bool HasOneChunk(ReadOnlySpan<byte> payload)
    {
        if (!AudioMessage.TryFindInput(payload, out var chunk))
            return false;
        var buffer = ArrayPool<byte>.Shared.Rent(chunk.PcmBytes);
        var isBase64 = chunk.TryDecode(buffer, out _);
        ArrayPool<byte>.Shared.Return(buffer);
        return isBase64;
    }
}
