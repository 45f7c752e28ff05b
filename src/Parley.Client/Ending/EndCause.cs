namespace Parley.Client;

/// <summary>Why a connection could not be opened, or why a session ended (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#13-what-a-bad-credential-looks-like">protocol 1.3</see> and <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-close-codes">protocol 12</see>).</summary>
public enum EndCause
{
    /// <summary>The close is not known to this version: look at code and text.</summary>
    Unknown,

    /// <summary>The client closed the session.</summary>
    ByClient,

    /// <summary>The server closed normally (1000).</summary>
    Completed,

    /// <summary>The API key is not known.</summary>
    InvalidKey,

    /// <summary>The API key has expired.</summary>
    ExpiredKey,

    /// <summary>The ephemeral token has expired or is used up.</summary>
    ExpiredToken,

    /// <summary>No credential reached the server, or it came on the wrong method.</summary>
    NoIdentity,

    /// <summary>The credential does not permit this.</summary>
    Forbidden,

    /// <summary>The service is not available at the caller's location.</summary>
    Region,

    /// <summary>The model does not exist in this API version, or does not support live sessions.</summary>
    UnknownModel,

    /// <summary>There is no Live API at this address.</summary>
    UnknownEndpoint,

    /// <summary>A message contained a field the server does not know.</summary>
    UnknownField,

    /// <summary>A message contained a field that is no longer supported.</summary>
    DeprecatedField,

    /// <summary>The server's general error: modality, content at the wrong time, schema, or a full context.</summary>
    InvalidArgument,

    /// <summary>The model does not support something in the setup.</summary>
    UnsupportedFeature,

    /// <summary>The setup was not the first message, or came twice.</summary>
    SetupOrder,

    /// <summary>The resumption handle is malformed or belongs to another model.</summary>
    InvalidHandle,

    /// <summary>The session of the handle does not exist any more, or a tool response named an unknown call.</summary>
    SessionNotFound,

    /// <summary>The context window is full. Often the server reports <see cref="InvalidArgument"/> instead.</summary>
    ContextFull,

    /// <summary>Quota, credits or the limit of sessions are used up.</summary>
    Quota,

    /// <summary>The connection reached its maximum age; the session can be resumed.</summary>
    LifetimeOver,

    /// <summary>The server is shutting down (1001).</summary>
    GoingAway,

    /// <summary>The server refused an operation in mid-session; seen on 2.5 with tools and audio together.</summary>
    OperationRefused,

    /// <summary>A message was longer than its receiver accepts.</summary>
    MessageTooBig,

    /// <summary>The service is down or restarting.</summary>
    Unavailable,

    /// <summary>An internal error of the service.</summary>
    Internal,

    /// <summary>The socket broke without a close, or the server could not be reached.</summary>
    Network,

    /// <summary>The bytes on the socket were not valid WebSocket frames or not valid text.</summary>
    ProtocolError,

    /// <summary>The server did not answer in time.</summary>
    Timeout,
}

/// <summary>What to do after an end.</summary>
public enum RetryAdvice
{
    /// <summary>Do not retry: the same attempt ends the same way.</summary>
    No,

    /// <summary>Connect again with the newest handle, backing off.</summary>
    Resume,

    /// <summary>Connect again without a handle.</summary>
    StartFresh,

    /// <summary>Connect again once, without resending input: it may be what was refused.</summary>
    OnceWithoutReplay,

    /// <summary>Connect again, backing off: the service is down.</summary>
    BackOff,

    /// <summary>Connect again after a minute or more.</summary>
    WaitAMinute,
}
