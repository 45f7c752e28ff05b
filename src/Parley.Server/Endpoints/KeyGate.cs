using Parley.Server.Access;
using Parley.Server.Sessions;
using Parley.Server.Storage;

namespace Parley.Server.Endpoints;

/// <summary>What a key may do at the door: openings a minute, and, where the operator wants to hear it over HTTP, what the setup would be refused for.</summary>
internal sealed class KeyGate(SessionRegistry registry, UsageTracker ledger, ServerContext server)
{
    private readonly OpenRate _opens = new(server.Time);

    /// <summary>Null where the key may open a connection.</summary>
    internal Refusal? Refuse(Caller caller)
    {
        if (caller.Key is not { Limits: var limits } key)
            return null;
        if (limits.OpensPerMinute is { } opens && !_opens.TryTake(key.Id, opens, out var retryAfter))
            return Refusal.Quota(retryAfter);
        if (!server.Options.RejectAtHttp)
            return null;
        if (ledger.IsUsedUp(key))
            return Refusal.Quota(UntilTomorrow());
        return registry.OpenOf(caller.Owner) >= (limits.MaxSessions ?? server.Options.Sessions.MaxSessionsPerKey) ? Refusal.Quota(null) : null;
    }

    private TimeSpan UntilTomorrow()
    {
        var now = server.Time.GetUtcNow();
        return now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime;
    }
}
