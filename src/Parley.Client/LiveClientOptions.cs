using Microsoft.Extensions.Logging;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>Where a request carries the credential (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-credentials">protocol 1.2</see>).</summary>
public enum CredentialPlacement
{
    /// <summary>In a header: it stays out of access logs. The default.</summary>
    Header,

    /// <summary>In the query, for platforms that cannot set headers on an upgrade. Proxies may log it.</summary>
    Query,
}

/// <summary>How a client connects. Read once, when the client is created.</summary>
public class LiveClientOptions
{
    /// <summary>Shortest allowed <see cref="KeepAliveTimeout"/>: the service answers pings up to 30 s late (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#21-websocket-layer">protocol 2.1</see>).</summary>
    public static readonly TimeSpan MinKeepAliveTimeout = TimeSpan.FromSeconds(60);

    internal static readonly Uri PublicService = new("https://generativelanguage.googleapis.com/");

    /// <summary>
    /// Address of the service: <c>https</c>, <c>http</c>, <c>wss</c> or <c>ws</c>, a path before the API's own is kept.
    /// Default: the public service.
    /// </summary>
    public Uri BaseAddress { get; set; } = PublicService;

    /// <summary>Version in the path; default <c>v1</c>, as in the official SDKs; <c>v1beta</c> and <c>v1alpha</c> have features in preview, and <see cref="LiveClient.Check"/> says which setting needs them (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#11-urls">protocol 1.1</see>).</summary>
    public string ApiVersion { get; set; } = "v1";

    /// <summary>Longest time from opening the socket to <c>setupComplete</c>; default 15 s. After that, connecting fails.</summary>
    public TimeSpan SetupTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Where the credential goes; default <see cref="Parley.Client.CredentialPlacement.Header"/>.</summary>
    public CredentialPlacement CredentialPlacement { get; set; }

    /// <summary>
    /// Sends the upgrade and the HTTP requests; default one shared handler for the process. It is not disposed. Redirects are not followed,
    /// because the credential would go to another address: the client turns them off in the handler. Set <c>AllowAutoRedirect</c> to false
    /// yourself if the handler has been used before.
    /// </summary>
    public HttpMessageInvoker? Invoker { get; set; }

    /// <summary>Interval of pings, which keep proxies from closing an idle socket; default 30 s, zero = no pings.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Longest wait for the answer to a ping; default and minimum 60 s. After that the connection ends with <see cref="EndCause.Network"/>.
    /// <see cref="Timeout.InfiniteTimeSpan"/> = wait forever.
    /// </summary>
    public TimeSpan KeepAliveTimeout { get; set; } = MinKeepAliveTimeout;

    /// <summary>
    /// Most updates that wait for the reader; default 1,024. When the buffer is full, the session stops reading the socket until some are
    /// read, and the server's sends wait (back-pressure): nothing is dropped. Tool calls that follow wait too, so read the session all the
    /// time.
    /// </summary>
    public int ReceiveCapacity { get; set; } = 1_024;

    /// <summary>
    /// Most bytes of messages that wait for the reader, as on the wire; default 32 MiB. The same happens when they are reached. Before the
    /// setup is acknowledged, a server that sends more is refused.
    /// </summary>
    public long ReceiveCapacityBytes { get; set; } = 32 << 20;

    /// <summary>Session resumption and reconnecting; on by default.</summary>
    public ResumptionOptions Resumption { get; set; } = new();

    /// <summary>
    /// What to do about settings and messages that the model will refuse or ignore; default <see cref="PreflightMode.Throw"/>.
    /// </summary>
    public PreflightMode Preflight { get; set; }

    /// <summary>What is known of the models; default the profiles that came with the library.</summary>
    public LiveModelProfiles Profiles { get; set; } = LiveModelProfiles.BuiltIn;

    /// <summary>Longest wait of <see cref="LiveSession.InterruptAsync"/> for the server's answer; default 3 s.</summary>
    public TimeSpan InterruptTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Longest silence of the server in <see cref="LiveSession.AskAsync(string, CancellationToken)"/> and its variants; default 30 s. The
    /// time of functions that the session runs and of reconnecting does not count. After that, the call fails with a
    /// <see cref="TimeoutException"/>, and the session stays open. <see cref="Timeout.InfiniteTimeSpan"/> = wait forever.
    /// </summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Largest answer that <see cref="LiveSession.AskAsync(string, CancellationToken)"/> collects: its audio, media and characters; default
    /// 64 MiB, some 23 minutes of speech. A longer one is for <see cref="LiveSession.AskStreamingAsync(string, CancellationToken)"/>.
    /// </summary>
    public int MaxAnswerBytes { get; set; } = 64 << 20;

    /// <summary>
    /// Gives each session a thread of its own, which waits for the socket and resumes the loop that reads the session; default false. Costs a
    /// fraction of the processor time, because the thread pool is not woken for each message, and one thread per session. The loop must not
    /// block on the session: its messages are received on the same thread. Not with an <see cref="Invoker"/>, whose sockets are its own.
    /// </summary>
    public bool UseSessionThread { get; set; }

    /// <summary>Largest message accepted; default 16 MiB. A longer one closes the socket with 1009.</summary>
    public int MaxMessageBytes { get; set; } = 16 << 20;

    /// <summary>
    /// Largest tool response that the server accepts, as JSON; default 1 MiB, the default of Parley's server
    /// (<c>Live:Messages:MaxToolBytes</c>). A longer result of an automatic tool is replaced by an error for the model, because the message
    /// would close the session with 1009.
    /// </summary>
    public int MaxToolResponseBytes { get; set; } = 1 << 20;

    /// <summary>Longest wait for the server's close before the socket is cut; default 2 s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Clock for time-outs and real-time audio; default the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// Sees every message, for example to record a call; default none. Messages contain what was said and resumption handles, never keys.
    /// </summary>
    public ILiveMessageObserver? MessageObserver { get; set; }

    /// <summary>Creates the client's loggers; default none. Keys, tokens, handles and payloads are never logged.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>
    /// Adds transcripts and function arguments to spans; default false. Audio is never in them. For debugging: it is personal data of your
    /// users.
    /// </summary>
    public bool CaptureContent { get; set; }

    // A setup that says something about transparency overrides the option for its session.
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
        if (UseSessionThread && Invoker is not null)
            throw new ArgumentException("LiveClientOptions.UseSessionThread needs the client's own sockets: leave LiveClientOptions.Invoker null.");
        if (SetupTimeout <= TimeSpan.Zero && SetupTimeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentException("LiveClientOptions.SetupTimeout must be greater than zero, or infinite.");
        if (CloseTimeout <= TimeSpan.Zero)
            throw new ArgumentException("LiveClientOptions.CloseTimeout must be greater than zero.");
        if (KeepAliveTimeout != Timeout.InfiniteTimeSpan && KeepAliveTimeout < MinKeepAliveTimeout)
            throw new ArgumentException("LiveClientOptions.KeepAliveTimeout must be at least 60 s, or infinite: the service answers pings late.");
        if (ReceiveCapacity < 1)
            throw new ArgumentException("LiveClientOptions.ReceiveCapacity must be at least 1.");
        if (ReceiveCapacityBytes < 1)
            throw new ArgumentException("LiveClientOptions.ReceiveCapacityBytes must be at least 1.");
        if (AnswerTimeout <= TimeSpan.Zero && AnswerTimeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentException("LiveClientOptions.AnswerTimeout must be greater than zero, or infinite.");
        if (MaxAnswerBytes < 1)
            throw new ArgumentException("LiveClientOptions.MaxAnswerBytes must be at least 1.");
        if (MaxToolResponseBytes < 1_024)
            throw new ArgumentException("LiveClientOptions.MaxToolResponseBytes must be at least 1,024.");
        if (MaxMessageBytes < 1_024)
            throw new ArgumentException("LiveClientOptions.MaxMessageBytes must be at least 1,024.");
        ArgumentNullException.ThrowIfNull(Resumption);
        ArgumentNullException.ThrowIfNull(Profiles);
        if (InterruptTimeout <= TimeSpan.Zero)
            throw new ArgumentException("LiveClientOptions.InterruptTimeout must be greater than zero.");
        var options = (LiveClientOptions)MemberwiseClone();
        options.Resumption = Resumption.Checked();
        return options;
    }
}
