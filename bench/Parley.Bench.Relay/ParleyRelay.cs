using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server;

namespace Parley.Bench.Relay;

/// <summary>Parley as an application hosts it: authentication, limits, the side reader, usage and metrics are on.</summary>
internal static class ParleyRelay
{
    internal static LiveApiBuilder AddServices(IServiceCollection services, int upstreamPort) =>
        services.AddLiveApi().UseRelay(options => options.Upstreams.Add(new UpstreamOptions { Url = new Uri($"http://127.0.0.1:{upstreamPort}"), Key = "bench" })).UseDirectSockets();
}

/// <summary>An observer that costs nothing itself.</summary>
internal sealed class EventCount : ILiveSessionEvents
{
    private long _count;

    public ValueTask OnEventAsync(LiveSessionEvent sessionEvent, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _count);
        return default;
    }
}

/// <summary>Listens to every instrument and collects once a second, like an exporter.</summary>
internal sealed class Metering : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Timer _timer;
    private long _measurements;

    private Metering()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == LiveTelemetry.Name)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, _, _, _) => Interlocked.Increment(ref _measurements));
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _measurements));
        _listener.Start();
        _timer = new Timer(_ => _listener.RecordObservableInstruments(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    internal static Metering Start() => new();

    public void Dispose()
    {
        _timer.Dispose();
        _listener.Dispose();
    }
}
