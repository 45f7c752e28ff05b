using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Telemetry;

namespace Parley.Server.Tests.Telemetry;

/// <summary>Sums the measurements of one host.</summary>
internal sealed class MeterReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(Instrument Instrument, double Value, KeyValuePair<string, object?>[] Tags)> _seen = new();

    public MeterReader(InMemoryHost host)
    {
        var meter = host.Services.GetRequiredService<LiveMetrics>().Meter;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => _seen.Enqueue((instrument, value, tags.ToArray())));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _seen.Enqueue((instrument, value, tags.ToArray())));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _seen.Enqueue((instrument, value, tags.ToArray())));
        _listener.Start();
    }

    public double Sum(string name, params (string Name, object Value)[] tags)
    {
        // Observable instruments report totals: only the newest value counts.
        var recorded = _seen.Where(static measured => !measured.Instrument.IsObservable).ToList();
        _seen.Clear();
        recorded.ForEach(_seen.Enqueue);
        _listener.RecordObservableInstruments();
        return _seen
            .Where(measured => measured.Instrument.Name == name)
            .Where(measured => Array.TrueForAll(tags, tag => measured.Tags.Contains(new KeyValuePair<string, object?>(tag.Name, tag.Value))))
            .Sum(static measured => measured.Value);
    }

    public void Dispose() => _listener.Dispose();
}
