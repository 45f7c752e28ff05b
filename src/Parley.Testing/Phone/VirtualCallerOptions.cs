using Parley.Audio;

namespace Parley.Testing;

/// <summary>Options of a <see cref="VirtualCaller"/>.</summary>
public sealed class VirtualCallerOptions
{
    /// <summary>The protocol. Default Twilio.</summary>
    public CallerDialect Dialect { get; set; }

    /// <summary>The encoding of both directions. Default μ-law, which every carrier offers.</summary>
    public CallerEncoding Encoding { get; set; }

    /// <summary>Samples per second of both directions; 16,000 only with <see cref="CallerEncoding.Linear16"/>. Default 8,000.</summary>
    public int SampleRateHz { get; set; } = G711.SampleRateHz;

    /// <summary>
    /// The caller's number. Telnyx sends it in <c>start</c>. The others do not: a parameter <c>From</c> is added, as an application's answer to the
    /// carrier's webhook would, unless <see cref="Parameters"/> has one. Null = unknown.
    /// </summary>
    public string? From { get; set; }

    /// <summary>The number that was called; sent like <see cref="From"/>, the parameter is <c>To</c>. Null = unknown.</summary>
    public string? To { get; set; }

    /// <summary>
    /// Parameters of the stream: <c>customParameters</c> of Twilio, <c>custom_parameters</c> of Telnyx, <c>extra_headers</c> of Plivo. After a webhook
    /// they are those of its answer; others are not sent.
    /// </summary>
    public IDictionary<string, string> Parameters { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Additional headers of the webhook and of the upgrade.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The secret of the account. Twilio and Plivo: the auth token that signs the upgrade and the webhook (<c>X-Twilio-Signature</c>,
    /// <c>X-Plivo-Signature-V3</c>). Telnyx: for a stream that is dialed, the <c>stream_auth_token</c>, sent as it is
    /// (<c>x-telnyx-streaming-auth-token</c>); for a webhook, the private key of <c>telnyx-signature-ed25519</c>, 32 bytes in base64, of which
    /// <see cref="VirtualCaller.TelnyxPublicKey"/> is the public one. Null, the default: nothing is signed.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>
    /// The URL that is signed, if the server is known to the carrier by another than the one dialed. If it is given for a webhook, the stream is opened at
    /// the host of the webhook, and its own URL is signed. Null, the default: the URL dialed.
    /// </summary>
    public Uri? SignedUrl { get; set; }

    /// <summary>Id of the call: <c>callSid</c>, <c>call_control_id</c>, <c>callId</c>. Null, the default: a new one in the carrier's form.</summary>
    public string? CallId { get; set; }

    /// <summary>Id of the account: <c>accountSid</c>, <c>user_id</c>, <c>accountId</c>. Null, the default: a constant one in the carrier's form.</summary>
    public string? AccountId { get; set; }

    /// <summary>The clock that paces frames and playback. Default the system's; a <see cref="TestClock"/> makes calls deterministic.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Connects to a server in memory, such as <see cref="InMemoryHost.Invoker"/>. Null, the default: the network.</summary>
    public HttpMessageInvoker? Invoker { get; set; }

    /// <summary>How long the server may take to answer the webhook and to accept the WebSocket. Default 10 s on <see cref="TimeProvider"/>.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Percentage of 20 ms frames that are lost, 0 to 100, in each direction. A lost frame of the caller is not sent, and the time stamps have a
    /// gap; a lost frame of the server is heard as silence. Default 0.
    /// </summary>
    public double LossPercent { get; set; }

    /// <summary>
    /// Percentage of audio messages that are late, 0 to 100, in each direction. With Telnyx a late frame of the caller arrives after younger ones; with
    /// the others, and from the server, what follows waits for it. Default 0.
    /// </summary>
    public double LatePercent { get; set; }

    /// <summary>How late they are; counted in whole frames of 20 ms. Default 60 ms.</summary>
    public TimeSpan Lateness { get; set; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Seed of losses and late frames: equal seeds give equal ones. Default 1.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>A played frame at least this loud, in dBFS, is audible. Default −45.</summary>
    public double SoundThresholdDb { get; set; } = -45;

    /// <summary>A shorter silence does not end what is heard. Default 500 ms.</summary>
    public TimeSpan SoundPause { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Called for each event, in order, while the call waits: be quick.</summary>
    internal Action<CallerEvent>? Observer { get; set; }

    /// <summary>Whether parameters and encoding come from the answer to a webhook.</summary>
    internal bool HasAnswer { get; set; }

    /// <exception cref="ArgumentException">An option is out of range, or the dialect does not know the encoding.</exception>
    internal void Check()
    {
        CheckPercent(LossPercent, nameof(LossPercent));
        CheckPercent(LatePercent, nameof(LatePercent));
        ArgumentOutOfRangeException.ThrowIfLessThan(Lateness, TimeSpan.Zero, nameof(Lateness));
        ArgumentOutOfRangeException.ThrowIfLessThan(SoundPause, TimeSpan.Zero, nameof(SoundPause));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero, nameof(ConnectTimeout));
        var isOffered = (Dialect, Encoding) switch
        {
            (CallerDialect.Twilio, CallerEncoding.MuLaw) => SampleRateHz == G711.SampleRateHz,
            (CallerDialect.Telnyx, CallerEncoding.MuLaw or CallerEncoding.ALaw) => SampleRateHz == G711.SampleRateHz,
            (CallerDialect.Plivo, CallerEncoding.MuLaw) => SampleRateHz == G711.SampleRateHz,
            (CallerDialect.Telnyx or CallerDialect.Plivo, CallerEncoding.Linear16) => SampleRateHz is 8_000 or 16_000,
            _ => false,
        };
        if (!isOffered)
            throw new ArgumentException($"{Dialect} does not offer {Encoding} at {SampleRateHz} Hz.", nameof(Encoding));
    }

    private static void CheckPercent(double value, string name)
    {
        if (value is not (>= 0 and <= 100))
            throw new ArgumentOutOfRangeException(name, value, "A percentage is 0 to 100.");
    }
}
