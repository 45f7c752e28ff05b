using Parley.Server.Wire;

namespace Parley.Server.Sessions;

/// <summary>
/// What a client may send once its session runs: how large each kind of message may be, no second setup, no change of a pinned context. The same
/// for local and relayed sessions, and checked before anything is parsed.
/// </summary>
/// <param name="options">The sizes.</param>
/// <param name="pinsContext">Instruction or tools are not the client's own.</param>
/// <param name="forwards">Messages go on unparsed, so that one that cannot be read could hold what is forbidden.</param>
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
