using Microsoft.Extensions.Logging;

namespace Parley.Client;

/// <summary>Where the credential is put on a request (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-credentials">protocol 1.2</see>).</summary>
public enum CredentialPlacement
{
    /// <summary>In a header: it stays out of access logs. The default.</summary>
    Header,

    /// <summary>In the query, for peers and platforms that know no headers on an upgrade. Proxies may log it.</summary>
    Query,
}

/// <summary>How a client connects. Read once, when the client is made.</summary>
public class LiveClientOptions
{
    /// <summary>Shortest allowed <see cref="KeepAliveTimeout"/>: the service answers pings up to 30 s late (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#21-websocket-layer">protocol 2.1</see>).</summary>
    public static readonly TimeSpan MinKeepAliveTimeout = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Address of the service: <c>https</c>, <c>http</c>, <c>wss</c> or <c>ws</c>, a path in front of the API's own is kept.
    /// Default: the public service.
    /// </summary>
    public Uri BaseAddress { get; set; } = new("https://generativelanguage.googleapis.com/");

    /// <summary>Version in the path; default <c>v1beta</c>. Some features need <c>v1alpha</c> (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#11-urls">protocol 1.1</see>).</summary>
    public string ApiVersion { get; set; } = "v1beta";

    /// <summary>Longest time from opening the socket to <c>setupComplete</c>; default 15 s. Beyond it connecting fails.</summary>
    public TimeSpan SetupTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Where the credential goes; default <see cref="Parley.Client.CredentialPlacement.Header"/>.</summary>
    public CredentialPlacement CredentialPlacement { get; set; }

    /// <summary>Sends the upgrade and the plain requests; default one shared handler for the process. It is not disposed.</summary>
    public HttpMessageInvoker? Invoker { get; set; }

    /// <summary>Pause between pings, which keep proxies from dropping a quiet socket; default 30 s, zero = none.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A ping unanswered for so long ends the session with <see cref="EndCause.Network"/>; default 60 s, which is also the least.
    /// <see cref="Timeout.InfiniteTimeSpan"/> = never.
    /// </summary>
    public TimeSpan KeepAliveTimeout { get; set; } = MinKeepAliveTimeout;

    /// <summary>
    /// Updates that wait for the reader; default 1,024. When so many wait, the session stops reading the socket until some are read,
    /// and the server's sends wait in turn: nothing is dropped. Tool calls behind them wait too, so read the session all the time.
    /// </summary>
    public int ReceiveCapacity { get; set; } = 1_024;

    /// <summary>How sessions survive the end of their connection; on by default.</summary>
    public ResumptionOptions Resumption { get; set; } = new();

    /// <summary>What to do about settings and messages that the model will refuse or ignore; default <see cref="PreflightMode.Throw"/>.</summary>
    public PreflightMode Preflight { get; set; }

    /// <summary>What is known of the models; default what came with the library.</summary>
    public LiveModelProfiles Profiles { get; set; } = LiveModelProfiles.BuiltIn;

    /// <summary>Longest wait of <see cref="LiveSession.InterruptAsync"/> for the server's word; default 3 s.</summary>
    public TimeSpan InterruptTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Largest message accepted; default 16 MiB. A longer one closes the socket with 1009.</summary>
    public int MaxMessageBytes { get; set; } = 16 << 20;

    /// <summary>Longest polite goodbye before the socket is cut; default 2 s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Clock of time-outs and of paced audio; default the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Sees every message, to record a call; default none. Messages hold what was said and resumption handles, never keys.</summary>
    public ILiveMessageObserver? MessageObserver { get; set; }

    /// <summary>Where the client logs; default nowhere. Keys, tokens, handles and payloads are never logged.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>
    /// Puts what was said, and arguments of functions, into spans; default false. Sound is never in them. For debugging: what people say is
    /// theirs.
    /// </summary>
    public bool CaptureContent { get; set; }

    // What the setup itself says about transparency holds for its session.
    internal LiveClientOptions With(Protocol.SessionResumptionConfig? own)
    {
        if (own?.Transparent is not { } transparent || transparent == Resumption.Transparent)
            return this;
        var options = (LiveClientOptions)MemberwiseClone();
        options.Resumption = Resumption.Checked();
        options.Resumption.Transparent = transparent;
        return options;
    }

    internal LiveClientOptions Checked()
    {
        ArgumentNullException.ThrowIfNull(BaseAddress);
        ArgumentException.ThrowIfNullOrEmpty(ApiVersion);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        if (!BaseAddress.IsAbsoluteUri || BaseAddress.Scheme is not ("http" or "https" or "ws" or "wss"))
            throw new ArgumentException("LiveClientOptions.BaseAddress must be an absolute http, https, ws or wss address.");
        if (SetupTimeout <= TimeSpan.Zero && SetupTimeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentException("LiveClientOptions.SetupTimeout must be longer than zero.");
        if (CloseTimeout <= TimeSpan.Zero)
            throw new ArgumentException("LiveClientOptions.CloseTimeout must be longer than zero.");
        if (KeepAliveTimeout != Timeout.InfiniteTimeSpan && KeepAliveTimeout < MinKeepAliveTimeout)
            throw new ArgumentException("LiveClientOptions.KeepAliveTimeout must be 60 s or more, or infinite: pings are answered late.");
        if (ReceiveCapacity < 1)
            throw new ArgumentException("LiveClientOptions.ReceiveCapacity must be 1 or more.");
        if (MaxMessageBytes < 1_024)
            throw new ArgumentException("LiveClientOptions.MaxMessageBytes must be 1,024 or more.");
        ArgumentNullException.ThrowIfNull(Resumption);
        ArgumentNullException.ThrowIfNull(Profiles);
        if (InterruptTimeout <= TimeSpan.Zero)
            throw new ArgumentException("LiveClientOptions.InterruptTimeout must be longer than zero.");
        var options = (LiveClientOptions)MemberwiseClone();
        options.Resumption = Resumption.Checked();
        return options;
    }
}
