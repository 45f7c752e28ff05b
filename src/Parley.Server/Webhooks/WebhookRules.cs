namespace Parley.Server.Webhooks;

/// <summary>What the options of a webhook must be.</summary>
internal static class WebhookRules
{
    private const int MaxNameLength = 50;

    /// <summary>All types, in the order of <c>docs/events.md</c>.</summary>
    internal static readonly string[] Types =
    [
        "session.started", "session.resumed", "session.moved", "session.ended", "turn.started", "turn.interrupted", "turn.ended", "transcript.final", "tool.called", "tool.answered",
        "usage.reported", "limit.reached", "check.acted", "check.failed",
    ];

    internal static IEnumerable<string> Failures(string path, string name, LiveWebhookOptions options)
    {
        if (name.Length is 0 or > MaxNameLength || !name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            yield return $"{path}: the name must have 1 to {MaxNameLength} lower-case letters, digits and hyphens.";
        if (options.Url is not { IsAbsoluteUri: true, Scheme: "https" or "http", UserInfo: "" })
            yield return $"{path}:Url must be an absolute https: or http: URL without a user name.";
        if (options.Secret is null || Webhook.Key(options.Secret) is null)
            yield return $"{path}:Secret must be whsec_ and 24 to 64 bytes in base64, or a text of at least 16 characters.";
        foreach (var pattern in options.Events.Where(static pattern => !Types.Any(type => Webhook.Matches(pattern, type))))
            yield return $"{path}:Events contains '{pattern}', which is no event. Events: {string.Join(", ", Types)}.";
        if (options.Timeout <= TimeSpan.Zero || options.Timeout > TimeSpan.FromMinutes(5))
            yield return $"{path}:Timeout must be greater than 0 and at most 5 minutes, but is {options.Timeout}.";
        if (options.Concurrency is < 1 or > 64)
            yield return $"{path}:Concurrency must be from 1 to 64, but is {options.Concurrency}.";
        if (options.MaxWaiting is < 1 or > 10_000_000)
            yield return $"{path}:MaxWaiting must be from 1 to 10000000, but is {options.MaxWaiting}.";
        if (options.GiveUpAfter < TimeSpan.FromMinutes(1) || options.GiveUpAfter > TimeSpan.FromDays(30))
            yield return $"{path}:GiveUpAfter must be from 1 minute to 30 days, but is {options.GiveUpAfter}.";
    }
}
