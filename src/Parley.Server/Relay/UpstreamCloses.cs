namespace Parley.Server.Relay;

/// <summary>Classifies the closes of upstreams (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-close-codes">protocol 12</see>).</summary>
internal static class UpstreamCloses
{
    /// <summary>1011 with a text of this server: the connection was lost without a close.</summary>
    internal static LiveClose Lost { get; } = new(1011, "The connection to the upstream was lost.");

    /// <summary>1011 with the text of the public service: no upstream is available.</summary>
    internal static LiveClose Unavailable { get; } = new(1011, "The service is currently unavailable.");

    /// <summary>The same close for a session whose upstream connection this process had no descriptor for: the upstream is not at fault.</summary>
    internal static LiveClose NoDescriptor { get; } = new(Unavailable.Code, Unavailable.Reason);

    /// <summary>Whether only the connection ended, so that the session can be resumed with a handle.</summary>
    /// <param name="close">The close; null = the connection was lost.</param>
    internal static bool IsResumable(LiveClose? close) => close switch
    {
        null => true,
        { Code: 1001 or 1012 or 1013 } => true,
        { Code: 1008 } => Starts(close, "The operation was aborted") || Starts(close, "Connection aborted because") || Starts(close, "Operation is not implemented"),
        { Code: 1011 } => !IsQuota(close),
        _ => false,
    };

    /// <summary>Before <c>setupComplete</c>: whether the upstream or its key is at fault and not the setup, so that another upstream may succeed.</summary>
    internal static bool IsUpstreamFault(LiveClose close) =>
        !ReferenceEquals(close, NoDescriptor) && (close.Code is 1001 or 1011 or 1012 or 1013 || IsKeyRefused(close));

    /// <summary>Whether the operator's key was refused.</summary>
    internal static bool IsKeyRefused(LiveClose close) =>
        Starts(close, "API key") || Starts(close, "Method doesn't allow unregistered callers") || Starts(close, "User location is not supported");

    internal static bool IsQuota(LiveClose close) =>
        close.Reason.Contains("quota", StringComparison.OrdinalIgnoreCase) || close.Reason.Contains("RESOURCE_EXHAUSTED", StringComparison.Ordinal);

    private static bool Starts(LiveClose close, string text) => close.Reason.StartsWith(text, StringComparison.Ordinal);
}
