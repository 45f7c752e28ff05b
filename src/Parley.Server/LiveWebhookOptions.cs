namespace Parley.Server;

/// <summary>
/// A receiver of events over HTTP. Section <c>Live:Webhooks:&lt;name&gt;</c>. Each event is sent by POST as JSON, signed, and repeated until the receiver answers
/// with a status from 200 to 299: at least once, in any order (<c>docs/events.md</c>).
/// </summary>
public sealed class LiveWebhookOptions
{
    /// <summary>Where events are sent: an absolute <c>https:</c> or <c>http:</c> URL without user name. Required.</summary>
    public Uri? Url { get; set; }

    /// <summary>
    /// Signs the requests (HMAC-SHA256): <c>whsec_</c> and the key in base64, 24 to 64 bytes, or any text of at least 16 characters, whose UTF-8 bytes are the
    /// key. Required.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>The types of events to send, such as <c>session.ended</c> or <c>tool.*</c>; none = all.</summary>
    public IList<string> Events { get; } = [];

    /// <summary>Longest time of one request; then it has failed. Default 10 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most requests at the same time. 1 to 64, default 8.</summary>
    public int Concurrency { get; set; } = 8;

    /// <summary>Most events that wait for it; further ones are dropped and counted. 1 to 10,000,000, default 100,000.</summary>
    public int MaxWaiting { get; set; } = 100_000;

    /// <summary>How long an event is repeated; then it is dropped and counted. 1 minute to 30 days, default 3 days.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(3);
}
