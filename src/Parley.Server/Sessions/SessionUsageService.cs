using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Protocol.Internal;
using Parley.Server.Access;

namespace Parley.Server.Sessions;

/// <summary>
/// Every 30 s: records the connected time of running sessions, and closes those whose key was revoked, expired or is over its daily quota. A session whose
/// key cannot be read goes on.
/// </summary>
internal sealed partial class SessionUsageService(SessionRegistry registry, KeyRing keys, UsageTracker usage, TimeProvider time, ILogger<SessionUsageService> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>After so many failures the store is left alone until the next time: each may have waited for a lock.</summary>
    private const int MaxFailures = 8;

    private ITimer? _timer;
    private int _running;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateGuardedTimer(this, static service => _ = service.CheckAsync(), static (service, e) => service.Failed(e));
        _timer.Change(Interval, Interval);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private async Task CheckAsync()
    {
        if (Interlocked.Exchange(ref _running, 1) != 0)
            return;
        try
        {
            var sessions = registry.Sessions.ToList();
            foreach (var session in sessions)
                session.RecordTime();
            var failures = 0;
            // One look-up for all sessions of a key.
            foreach (var ofKey in sessions.GroupBy(static session => session.KeyId))
            {
                try
                {
                    if (failures < MaxFailures)
                        await RecheckAsync(ofKey.Key, ofKey).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    if (failures++ == 0)
                        Log.NotRechecked(logger, ofKey.First().SessionId, e);
                }
            }
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

    private async Task RecheckAsync(string keyId, IEnumerable<HostedSession> sessions)
    {
        var (refusal, key) = await keys.RecheckAsync(keyId, CancellationToken.None).ConfigureAwait(false);
        if ((refusal?.Close ?? (key is not null && usage.IsOverQuota(key) ? LiveClose.QuotaExceeded : null)) is not { } close)
            return;
        foreach (var session in sessions)
            session.Close(close);
    }

    private void Failed(Exception exception) => Log.Failed(logger, exception);

    private static partial class Log
    {
        [LoggerMessage(EventIds.KeyNotRechecked, LogLevel.Error, "Key of session {SessionId} could not be checked; it and others like it go on")]
        public static partial void NotRechecked(ILogger logger, string sessionId, Exception exception);

        [LoggerMessage(EventIds.UsageTimerFailed, LogLevel.Error, "Connected time not recorded")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
