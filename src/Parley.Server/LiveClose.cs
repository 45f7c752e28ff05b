namespace Parley.Server;

/// <summary>A WebSocket close: code and reason (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-close-codes">protocol 12</see>).</summary>
/// <param name="Code">The close code.</param>
/// <param name="Reason">The reason; truncated to 123 UTF-8 bytes on the wire.</param>
public sealed record LiveClose(int Code, string Reason)
{
    /// <summary>1007, any other invalid request.</summary>
    public static LiveClose InvalidArgument { get; } = new(1007, "Request contains an invalid argument.");

    /// <summary>1007, a message before the setup or a second setup.</summary>
    public static LiveClose SetupFirst { get; } = new(1007, "setup must be the first message and only the first");

    /// <summary>1007, an unknown credential.</summary>
    public static LiveClose InvalidKey { get; } = new(1007, "API key not valid. Please pass a valid API key.");

    /// <summary>1007, an expired key.</summary>
    public static LiveClose ExpiredKey { get; } = new(1007, "API key expired. Please renew the API key.");

    /// <summary>1008, an expired ephemeral token.</summary>
    public static LiveClose ExpiredToken { get; } = new(1008, "The auth token has expired.");

    /// <summary>1008, an ephemeral token after its time for new sessions.</summary>
    public static LiveClose TokenTooLate { get; } = new(1008, "The auth token can open no new session any more: new_session_expire_time has passed.");

    /// <summary>1008, an ephemeral token without remaining uses.</summary>
    public static LiveClose TokenUsedUp { get; } = new(1008, "The auth token can open no new session any more: its uses are used up.");

    /// <summary>1008, no credential.</summary>
    public static LiveClose NoIdentity { get; } = new(1008,
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.");

    /// <summary>1008, a user whom the policy of the application refuses or no longer allows (<see cref="ILiveUserPolicy"/>).</summary>
    public static LiveClose PermissionDenied { get; } = new(1008, "The caller does not have permission");

    /// <summary>1007, a handle that was never issued, or not for this model.</summary>
    public static LiveClose InvalidHandle { get; } = new(1007, "Invalid session handle");

    /// <summary>1008, a handle whose session has expired.</summary>
    public static LiveClose SessionNotFound { get; } = new(1008, "BidiGenerateContent session not found");

    /// <summary>1008, the connection has reached its lifetime.</summary>
    public static LiveClose Aborted { get; } = new(1008, "The operation was aborted");

    /// <summary>1009, a message over the limit.</summary>
    public static LiveClose TooBig { get; } = new(1009, "Message too big");

    /// <summary>1011, an internal error of the server.</summary>
    public static LiveClose Internal { get; } = new(1011, "Internal error encountered.");

    /// <summary>1011, a quota or session limit of the operator.</summary>
    public static LiveClose QuotaExceeded { get; } = new(1011, "You exceeded your current quota, please check your plan and billing details.");

    /// <summary>1011, the server is at a limit, or cannot reach its store.</summary>
    public static LiveClose Unavailable { get; } = new(1011, "The service is currently unavailable.");

    /// <summary>1001, the server is shutting down; the session can be resumed on another server or after the restart.</summary>
    public static LiveClose ShuttingDown { get; } = new(1001, "The server is shutting down");

    /// <summary>1008, an unknown model.</summary>
    public static LiveClose UnknownModel(string model, string version) =>
        new(1008, $"{model} is not found for API version {version}, or is not supported for bidiGenerateContent");
}

/// <summary>Ends the session with a close for the client.</summary>
public sealed class LiveCloseException(LiveClose close) : Exception(close.Reason)
{
    /// <summary>The close for the client.</summary>
    public LiveClose Close { get; } = close;
}
