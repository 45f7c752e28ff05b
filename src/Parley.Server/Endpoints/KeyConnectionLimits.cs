using Parley.Server.Access;
using Parley.Server.Sessions;

namespace Parley.Server.Endpoints;

/// <summary>Connection limits of virtual keys, checked before the upgrade: openings per minute, and with <see cref="LiveApiOptions.RejectAtHttp"/> also the limits that would refuse the setup.</summary>
internal sealed class KeyConnectionLimits(SessionRegistry registry, UsageTracker usage, ConnectionServices services)
{
    private readonly OpenRateLimiter _opens = new(services.Time);

    /// <summary>The refusal; null if the key may open a connection.</summary>
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
