using Parley.Server.Access;
using Parley.Server.Sessions;
using Parley.Server.Storage;

namespace Parley.Server.Endpoints;

/// <summary>What a key may do at the door: openings a minute, and, where the operator wants to hear it over HTTP, what the setup would be refused for.</summary>
internal sealed class KeyConnectionLimits(SessionRegistry registry, UsageTracker usage, ConnectionServices services)
{
    private readonly OpenRateLimiter _opens = new(services.Time);

    /// <summary>Null where the key may open a connection.</summary>
    internal Refusal? Refuse(Caller caller)
    {
        if (caller.Key is not { Limits: var limits } key)
            return null;
        if (limits.OpensPerMinute is { } opens && !_opens.TryAcquire(key.Id, opens, out var retryAfter))
            return Refusal.Quota(retryAfter);
        if (!services.Options.RejectAtHttp)
            return null;
        if (usage.IsOverQuota(key))
            return Refusal.Quota(UntilTomorrow());
        return registry.OpenOf(caller.Owner) >= (limits.MaxSessions ?? services.Options.Sessions.MaxSessionsPerKey) ? Refusal.Quota(null) : null;
    }

    private TimeSpan UntilTomorrow()
    {
        var now = services.Time.GetUtcNow();
        return now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime;
    }
}
