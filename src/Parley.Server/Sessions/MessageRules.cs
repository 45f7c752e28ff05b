using Parley.Server.Wire;

namespace Parley.Server.Sessions;

/// <summary>
/// Checks a client message of a running session before it is parsed: the size limit of its kind, no second setup, no change of a pinned context. The
/// same for local and relayed sessions.
/// </summary>
/// <param name="options">The size limits.</param>
/// <param name="pinsContext">Instruction or tools come from a token or a policy, so the client may not change them.</param>
/// <param name="forwards">Messages are forwarded unparsed, so that an unreadable one could contain something forbidden.</param>
internal sealed class MessageRules(LiveApiOptions options, bool pinsContext, bool forwards)
{
    /// <exception cref="LiveCloseException">The message breaks a rule.</exception>
    internal void Check(in ClientPeek message, int length)
    {
        if (length > MaxBytes(options, message.Kind))
            throw new LiveCloseException(LiveClose.TooBig);
        if (message.HasSetup)
            throw new LiveCloseException(LiveClose.SetupFirst);
        if (pinsContext && (message.HasContextUpdate || (forwards && message.Kind == MessageKind.Unreadable)))
            throw new LiveCloseException(LiveClose.InvalidArgument);
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
}
