using Microsoft.Extensions.Hosting;

namespace Parley.Server.Sessions;

/// <summary>Twice a minute: writes the time of running sessions down, and ends those whose key was revoked, ran out or used up its day.</summary>
internal sealed class SessionUsageService(SessionRegistry registry, TimeProvider time) : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(static state => ((SessionUsageService)state!).Look(), this, Interval, Interval);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        foreach (var session in registry.Sessions)
            session.RecordTime();
    }
}
