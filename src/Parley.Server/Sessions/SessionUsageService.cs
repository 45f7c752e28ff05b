using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Protocol.Internal;
using Parley.Server.Access;

namespace Parley.Server.Sessions;

/// <summary>
/// Records the connected time of running sessions, and closes those whose key was revoked, expired or is over its daily quota, or whose user is no longer allowed: every second for
/// keys with a quota, which other servers use up too, every 30 s for all, and when a key or a user has changed. A session whose key or user cannot be read goes on.
/// </summary>
internal sealed partial class SessionUsageService(SessionRegistry registry, CallerCheck callers, UsageTracker usage, TimeProvider time, ILogger<SessionUsageService> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30), QuotaInterval = TimeSpan.FromSeconds(1);

    /// <summary>After so many failures the store is left alone until the next time: each may have waited for a lock.</summary>
    private const int MaxFailures = 8;

    private ITimer? _timer, _quotaTimer;
    private int _running, _runningQuota;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateGuardedTimer(this, static service => _ = service.CheckAsync(), static (service, e) => service.Failed(e));
        _timer.Change(Interval, Interval);
        _quotaTimer = time.CreateGuardedTimer(this, static service => _ = service.CheckQuotasAsync(), static (service, e) => service.Failed(e));
        _quotaTimer.Change(QuotaInterval, QuotaInterval);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _quotaTimer?.Dispose();
    }

    /// <summary>Checks the key of all sessions. Does not throw.</summary>
    internal Task RecheckAllAsync() => RecheckAsync(registry.Sessions);

    /// <summary>Checks a key that has changed.</summary>
    /// <exception cref="StorageException">The key cannot be read.</exception>
    internal async Task RecheckAsync(string keyId)
    {
        var sessions = registry.Sessions.Where(session => session.KeyId == keyId && session.Caller.User is null).ToList();
        if (sessions.Count > 0)
            await RecheckGroupAsync(sessions).ConfigureAwait(false);
    }

    /// <summary>Checks a user who may have changed. Does not throw.</summary>
    internal Task RecheckOwnerAsync(string owner) => RecheckAsync(registry.Sessions.Where(session => session.Owner == owner));

    private async Task CheckAsync()
    {
        if (Interlocked.Exchange(ref _running, 1) != 0)
            return;
        try
        {
            var sessions = registry.Sessions.ToList();
            foreach (var session in sessions)
                session.RecordTime();
            await RecheckAsync(sessions).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Failed(e);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    private async Task CheckQuotasAsync()
    {
        if (Interlocked.Exchange(ref _runningQuota, 1) != 0)
            return;
        try
        {
            var sessions = registry.Sessions.Where(static session => session.Key is { } key && UsageTracker.HasQuota(key)).ToList();
            if (sessions.Count == 0)
                return;
            foreach (var session in sessions)
                session.RecordTime();
            await usage.RefreshAsync([.. sessions.Select(static session => session.KeyId).Distinct(StringComparer.Ordinal)], CancellationToken.None).ConfigureAwait(false);
            foreach (var session in sessions)
                session.CloseIfOverQuota();
        }
        catch (Exception e)
        {
            // The quota is checked against what is known here. The store has logged what it throws itself.
            if (e is not StorageException)
                Failed(e);
        }
        finally
        {
            Volatile.Write(ref _runningQuota, 0);
        }
    }

    // Does not throw.
    private async Task RecheckAsync(IEnumerable<HostedSession> sessions)
    {
        var failures = 0;
        // One look-up for all sessions of a key or a user.
        foreach (var ofKey in sessions.GroupBy(static session => session.Caller.User is null ? session.KeyId : session.Owner).ToList())
        {
            try
            {
                if (failures < MaxFailures)
                    await RecheckGroupAsync(ofKey).ConfigureAwait(false);
            }
            catch (StorageException)
            {
                // The store has logged the cause.
                if (failures++ == 0)
                    Log.StoreAway(logger, ofKey.First().SessionId);
            }
            catch (Exception e)
            {
                if (failures++ == 0)
                    Log.NotRechecked(logger, ofKey.First().SessionId, e);
            }
        }
    }

    private async Task RecheckGroupAsync(IEnumerable<HostedSession> sessions)
    {
        var (refusal, caller) = await callers.RecheckAsync(sessions.First().Caller, CancellationToken.None).ConfigureAwait(false);
        var key = caller.Key;
        foreach (var session in sessions)
            session.Key = key;
        if ((refusal?.Close ?? (key is not null && usage.IsOverQuota(key) ? LiveClose.QuotaExceeded : null)) is not { } close)
            return;
        foreach (var session in sessions)
            session.Close(close);
    }

    private void Failed(Exception exception) => Log.Failed(logger, exception);

    private static partial class Log
    {
        [LoggerMessage(EventIds.KeyNotRecheckedAway, LogLevel.Warning, "Key of session {SessionId} could not be checked, because the store failed; it and others like it go on")]
        public static partial void StoreAway(ILogger logger, string sessionId);

        [LoggerMessage(EventIds.KeyNotRechecked, LogLevel.Error, "Key of session {SessionId} could not be checked; it and others like it go on")]
        public static partial void NotRechecked(ILogger logger, string sessionId, Exception exception);

        [LoggerMessage(EventIds.UsageTimerFailed, LogLevel.Error, "Connected time not recorded")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
