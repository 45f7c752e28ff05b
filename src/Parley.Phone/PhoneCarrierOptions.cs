namespace Parley.Phone;

/// <summary>The account at Twilio.</summary>
public sealed class TwilioOptions
{
    /// <summary>Account SID (<c>AC…</c>), for outbound calls and for hanging up.</summary>
    public string? AccountSid { get; set; }

    /// <summary>Auth token: checks <c>X-Twilio-Signature</c>, and signs in to the REST API. A secret. Without it, Twilio's webhook answers 404.</summary>
    public string? AuthToken { get; set; }

    /// <summary>Address of the REST API; default <c>https://api.twilio.com/</c>.</summary>
    public Uri ApiAddress { get; set; } = new("https://api.twilio.com/");
}

/// <summary>The account at Telnyx.</summary>
public sealed class TelnyxOptions
{
    /// <summary>Public key of the account, base64 (Mission Control, Keys &amp; Credentials): checks <c>telnyx-signature-ed25519</c>. Without it, the webhook answers 404.</summary>
    public string? PublicKey { get; set; }

    /// <summary>API key: answers calls of Call Control applications, calls, hangs up. A secret. TeXML applications work without it.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Id of the Call Control application, for outbound calls.</summary>
    public string? ConnectionId { get; set; }

    /// <summary>Codec of both directions: <c>PCMU</c> (μ-law), <c>PCMA</c> (A-law) or <c>L16</c> (16 kHz). Default <c>PCMU</c>.</summary>
    public string Codec { get; set; } = "PCMU";

    /// <summary>Address of the REST API; default <c>https://api.telnyx.com/</c>.</summary>
    public Uri ApiAddress { get; set; } = new("https://api.telnyx.com/");
}

/// <summary>The account at Plivo.</summary>
public sealed class PlivoOptions
{
    /// <summary>Auth id (<c>MA…</c>), for outbound calls and for hanging up.</summary>
    public string? AuthId { get; set; }

    /// <summary>Auth token: checks <c>X-Plivo-Signature-V3</c>, and signs in to the REST API. A secret. Without it, Plivo's webhook answers 404.</summary>
    public string? AuthToken { get; set; }

    /// <summary>
    /// Audio of both directions: <c>audio/x-mulaw;rate=8000</c>, <c>audio/x-l16;rate=8000</c> or <c>audio/x-l16;rate=16000</c>. Default μ-law.
    /// </summary>
    public string ContentType { get; set; } = "audio/x-mulaw;rate=8000";

    /// <summary>Address of the REST API; default <c>https://api.plivo.com/</c>.</summary>
    public Uri ApiAddress { get; set; } = new("https://api.plivo.com/");
}
