using Parley.Server.Access;
using Parley.Server.Sessions;

namespace Parley.Server.Endpoints;

/// <summary>Connection limits of virtual keys, checked before the upgrade: openings per minute, and with <see cref="LiveApiOptions.RejectAtHttp"/> also the limits that would refuse the setup.</summary>
internal sealed class KeyConnectionLimits(SessionRegistry registry, INodeStore nodes, UsageTracker usage, ConnectionServices services)
{

    /// <summary>The refusal; null if the key may open a connection.</summary>
    /// <exception cref="StorageException">The store failed, and sessions need it.</exception>
    internal async ValueTask<Refusal?> RefuseAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (caller.Key is not { } key)
            return null;
        try
        {
            return await RefuseAsync(caller.Owner, key, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException) when (services.Options.Sessions.AdmitWithoutStorage)
        {
            return null;
        }
    }

    private async ValueTask<Refusal?> RefuseAsync(string owner, VirtualKey key, CancellationToken cancellationToken)
    {
        var limits = key.Limits;
        if (limits.OpensPerMinute is { } opens && await nodes.CountOpeningAsync(key.Id, opens, cancellationToken).ConfigureAwait(false) is { } retryAfter)
            return Refusal.Quota(retryAfter);
        if (!services.Options.RejectAtHttp)
            return null;
        if (usage.IsOverQuota(key))
            return Refusal.Quota(UntilTomorrow());
        var isFull = registry.OpenOf(owner) >= services.Options.Sessions.MaxSessionsPerKey
            || (limits.MaxSessions is { } max && (await nodes.CountSessionsAsync(cancellationToken).ConfigureAwait(false)).GetValueOrDefault(key.Id) >= max);
        return isFull ? Refusal.Quota(null) : null;
    }

    private TimeSpan UntilTomorrow()
    {
        var now = services.Time.GetUtcNow();
        return now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime;
    }
}
