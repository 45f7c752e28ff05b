using System.ComponentModel.DataAnnotations;

namespace Parley.Phone;

/// <summary>Telephone calls. Read from the configuration section <c>Phone</c>; <c>docs/telephone.md</c> explains it.</summary>
public sealed class PhoneOptions
{
    /// <summary>
    /// Address under which the carriers reach this server, such as <c>https://voice.example.com/</c>: signatures cover it, and streams are opened there. Default:
    /// as the request says, which is wrong behind a proxy that is not in <c>Live:Connections:TrustedProxies</c>. Outbound calls need it.
    /// </summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>The account at Twilio.</summary>
    public TwilioOptions Twilio { get; } = new();

    /// <summary>The account at Telnyx.</summary>
    public TelnyxOptions Telnyx { get; } = new();

    /// <summary>The account at Plivo.</summary>
    public PlivoOptions Plivo { get; } = new();

    /// <summary>Answers numbers without a route, and completes the routes.</summary>
    public PhoneRoute Default { get; } = new();

    /// <summary>What answers which number; the first match counts.</summary>
    public IList<PhoneRoute> Routes { get; } = [];

    /// <summary>Refuses calls of numbers without a route, as busy; default false.</summary>
    public bool OnlyRoutes { get; set; }

    /// <summary>
    /// Tells the model in its instruction who calls whom, and the parameters of the stream; default true. Text of the caller's side is quoted, without control
    /// characters and of bounded length. The numbers then reach the model, and the service behind a relay.
    /// </summary>
    public bool DescribeCall { get; set; } = true;

    /// <summary>Gives the model the function <c>hang_up</c>; its goodbye is played to its end. Default true.</summary>
    public bool HangUpTool { get; set; } = true;

    /// <summary>Sends the keys that the caller presses to the model, as text, after <see cref="DigitPause"/> or <c>#</c>; default true.</summary>
    public bool DigitsToModel { get; set; } = true;

    /// <summary>Pause that ends a row of pressed keys; default 2 s, from 100 ms to 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan DigitPause { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Most calls at once on this server; further ones are told that it is busy. Default 1,000, from 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int MaxCalls { get; set; } = 1_000;

    /// <summary>Longest call; then it is hung up. Default 2 hours, from 1 second to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Longest time without audio from the carrier, which sends it all the time; then the call is lost. Default 30 s, from 1 second to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time from the upgrade of a stream to its <c>start</c> message; then it is closed with 1008. Default 10 s, from 1 second to 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest message of a stream; a longer one closes it with 1009. Default 64 KiB (4 s of 8 kHz PCM), from 4 KiB to 4 MiB.</summary>
    [Range(4 << 10, 4 << 20)]
    public int MaxMessageBytes { get; set; } = 64 << 10;

    /// <summary>How long a stream may be opened after the webhook that announced it; default 2 minutes, from 1 second to 1 hour. Outbound calls ring meanwhile.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Largest age of a signed Telnyx webhook; default 5 minutes, from 1 second to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SignatureTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A secret of at least 16 characters that a stream may send as its parameter <c>token</c>, any number of times: for carriers and PBXs that open streams
    /// without asking the webhook. Default none.
    /// </summary>
    [MinLength(16)]
    public string? StreamSecret { get; set; }

    /// <summary>Accepts streams from this machine without a token, not through a proxy: for development. Default false.</summary>
    public bool AllowLocalStreams { get; set; }

    /// <summary>How long a frame may be waited for that is missing or late, before it is concealed; default 60 ms, at most 1 s. Zero = not at all.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan JitterBuffer { get; set; } = TimeSpan.FromMilliseconds(60);

    /// <summary>
    /// How far ahead of playback audio is sent to the carrier; default 100 ms, from 20 ms to 5 s. More survives a busy server; an interruption clears it
    /// either way.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.020", "00:00:05")]
    public TimeSpan Lead { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Audio between two marks, which the carrier sends back when they are played: the resolution at which an interrupted answer is cut in the history.
    /// Default 200 ms, from 20 ms to 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.020", "00:00:10")]
    public TimeSpan MarkInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Writes whole numbers into the log; default false: the last two digits, because numbers are personal data.</summary>
    public bool LogNumbers { get; set; }
}
