namespace Parley.Server.Relay;

/// <summary>What an upstream's close means (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-close-codes">protocol 12</see>).</summary>
internal static class UpstreamCloses
{
    /// <summary>1011 in our words: there was no close, the connection broke.</summary>
    internal static LiveClose Lost { get; } = new(1011, "The connection to the upstream was lost.");

    /// <summary>1011 in the service's words: no upstream answers.</summary>
    internal static LiveClose Unavailable { get; } = new(1011, "The service is currently unavailable.");

    /// <summary>The end of a connection, not of the session: with a handle it goes on.</summary>
    /// <param name="close">The close; null = the connection broke.</param>
    internal static bool IsResumable(LiveClose? close) => close switch
    {
        null => true,
        { Code: 1001 or 1012 or 1013 } => true,
        { Code: 1008 } => Starts(close, "The operation was aborted") || Starts(close, "Connection aborted because") || Starts(close, "Operation is not implemented"),
        { Code: 1011 } => !IsQuota(close),
        _ => false,
    };

    /// <summary>Before <c>setupComplete</c>: the fault of this upstream or its key, not of the setup, so another may do.</summary>
    internal static bool IsUpstreamsFault(LiveClose close) =>
        close.Code is 1001 or 1011 or 1012 or 1013 || IsKeysFault(close);

    /// <summary>The operator's key is refused.</summary>
    internal static bool IsKeysFault(LiveClose close) =>
        Starts(close, "API key") || Starts(close, "Method doesn't allow unregistered callers") || Starts(close, "User location is not supported");

    internal static bool IsQuota(LiveClose close) =>
        close.Reason.Contains("quota", StringComparison.OrdinalIgnoreCase) || close.Reason.Contains("RESOURCE_EXHAUSTED", StringComparison.Ordinal);

    private static bool Starts(LiveClose close, string text) => close.Reason.StartsWith(text, StringComparison.Ordinal);
}
