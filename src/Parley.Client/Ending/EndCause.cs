namespace Parley.Client;

/// <summary>Why a connection could not be opened, or why a session ended (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#13-what-a-bad-credential-looks-like">protocol 1.3</see> and <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-close-codes">protocol 12</see>).</summary>
public enum EndCause
{
    /// <summary>The close says nothing we know; the code and the text are all there is.</summary>
    Unknown,

    /// <summary>This side closed the session.</summary>
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

    /// <summary>The credential may not do this.</summary>
    Forbidden,

    /// <summary>The service is not offered at the caller's location.</summary>
    Region,

    /// <summary>There is no such model for live sessions in this API version.</summary>
    UnknownModel,

    /// <summary>There is no Live API at this address.</summary>
    UnknownEndpoint,

    /// <summary>A message held a field the server does not know.</summary>
    UnknownField,

    /// <summary>A message held a field that is no longer served.</summary>
    DeprecatedField,

    /// <summary>The server's catch-all: modality, content at the wrong time, schema, or a full context.</summary>
    InvalidArgument,

    /// <summary>The model does not offer something the setup asks for.</summary>
    UnsupportedFeature,

    /// <summary>The setup was not the first message, or came twice.</summary>
    SetupOrder,

    /// <summary>The resumption handle is malformed or belongs to another model.</summary>
    InvalidHandle,

    /// <summary>The session behind the handle is gone, or a tool response named a call that does not exist.</summary>
    SessionNotFound,

    /// <summary>The context window is full. Only where the server says so: often it says <see cref="InvalidArgument"/>.</summary>
    ContextFull,

    /// <summary>Quota, credits or the number of sessions are used up.</summary>
    Quota,

    /// <summary>The lifetime of the connection is over; the session can be resumed.</summary>
    LifetimeOver,

    /// <summary>The server goes away (1001).</summary>
    GoingAway,

    /// <summary>The server refused an operation in mid-session; seen on 2.5 with tools and audio together.</summary>
    OperationRefused,

    /// <summary>A message was longer than the other side takes.</summary>
    MessageTooBig,

    /// <summary>The service is down or restarts.</summary>
    Unavailable,

    /// <summary>A fault of the service.</summary>
    Internal,

    /// <summary>The socket broke without a close.</summary>
    Network,

    /// <summary>The bytes on the socket were no WebSocket or no text.</summary>
    ProtocolError,

    /// <summary>The server did not answer in time.</summary>
    Timeout,
}

/// <summary>What may help after an end.</summary>
public enum RetryAdvice
{
    /// <summary>Nothing: the same attempt ends the same way.</summary>
    No,

    /// <summary>Connect again with the newest handle, backing off.</summary>
    Resume,

    /// <summary>Connect again without a handle.</summary>
    StartFresh,

    /// <summary>Connect again once, and do not send queued input again: it may be what was refused.</summary>
    OnceWithoutReplay,

    /// <summary>Connect again, backing off: the service is down.</summary>
    BackOff,

    /// <summary>Connect again after a minute or more.</summary>
    WaitAMinute,
}
