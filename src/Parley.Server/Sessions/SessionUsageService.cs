using Microsoft.Extensions.Hosting;

namespace Parley.Server.Sessions;

/// <summary>Every 30 s: records the connected time of running sessions, and closes those whose key was revoked, expired or is over its daily quota.</summary>
internal sealed class SessionUsageService(SessionRegistry registry, TimeProvider time) : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(static state => ((SessionUsageService)state!).Tick(), this, Interval, Interval);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void Tick()
    {
        foreach (var session in registry.Sessions)
            session.RecordTime();
    }
}
