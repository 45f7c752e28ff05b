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

    /// <summary>1008 with the text of the public service: the upstream does not accept the key of the gateway.</summary>
    internal static LiveClose Unauthenticated { get; } = new(1008, "Request had invalid authentication credentials.");

    /// <summary>1008 with the text of the public service: the upstream does not let this key do that.</summary>
    internal static LiveClose Forbidden { get; } = new(1008, "The caller does not have permission");

    private static LiveClose NotFound { get; } = new(1008, "Requested entity was not found.");

    private static LiveClose Unimplemented { get; } = new(1008, "Operation is not implemented, or supported, or enabled.");

    private static LiveClose BadRequest { get; } = new(1007, LiveClose.InvalidArgument.Reason);

    private static LiveClose Late { get; } = new(1011, "Deadline expired before operation could complete.");

    /// <summary>The close of the public service for what an upstream answered to the upgrade. It knows nothing of the setup, which was not sent yet.</summary>
    /// <param name="status">Its HTTP status; null = no answer. A redirect is not followed, and counts as no answer.</param>
    internal static LiveClose OfUpgrade(int? status) => status switch
    {
        401 => Unauthenticated,
        403 => Forbidden,
        404 or 410 => NotFound,
        408 or 504 => Late,
        429 => LiveClose.QuotaExceeded,
        405 or 501 => Unimplemented,
        500 => LiveClose.Internal,
        >= 400 and < 500 => BadRequest,
        _ => Unavailable,
    };

    /// <summary>Whether the upgrade was refused for what the client asked, such as an API version that the upstream does not have: another upstream may
    /// have it, and this one is not at fault.</summary>
    internal static bool IsRequestRefused(LiveClose close) =>
        ReferenceEquals(close, NotFound) || ReferenceEquals(close, Unimplemented) || ReferenceEquals(close, BadRequest);

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
        ReferenceEquals(close, Unauthenticated) || ReferenceEquals(close, Forbidden) || Starts(close, "API key") || Starts(close, "Method doesn't allow unregistered callers") || Starts(close, "User location is not supported");

    internal static bool IsQuota(LiveClose close) =>
        close.Reason.Contains("quota", StringComparison.OrdinalIgnoreCase) || close.Reason.Contains("RESOURCE_EXHAUSTED", StringComparison.Ordinal);

    private static bool Starts(LiveClose close, string text) => close.Reason.StartsWith(text, StringComparison.Ordinal);
}
