using System.Diagnostics.Metrics;

namespace Parley.Server.Telemetry;

/// <summary>
/// Counts messages and bytes by direction and kind, in a table that is read when metrics are collected: two additions per message.
/// </summary>
internal sealed class MessageCounters
{
    /// <summary>Each counter has its own cache line.</summary>
    private const int CellLength = 8;

    private static readonly string[] Directions = ["from_client", "to_client"];
    private static readonly string[] Kinds = [.. Enum.GetNames<MessageKind>().Select(static name => name.ToLowerInvariant())];
    private static readonly KeyValuePair<string, object?>[][] Tags = [.. MakeTags()];

    private readonly long[] _cells = new long[2 * Kinds.Length * CellLength];

    internal MessageCounters(Meter meter)
    {
        meter.CreateObservableCounter(TelemetryNames.Messages, () => Read(0), "{message}", "Messages by direction and kind");
        meter.CreateObservableCounter(TelemetryNames.Bytes, () => Read(1), "By", "Bytes of messages by direction and kind");
    }

    internal void Count(LiveDirection direction, MessageKind kind, int bytes)
    {
        var cell = (((int)direction * Kinds.Length) + (int)kind) * CellLength;
        Interlocked.Increment(ref _cells[cell]);
        Interlocked.Add(ref _cells[cell + 1], bytes);
    }

    private IEnumerable<Measurement<long>> Read(int offset)
    {
        for (var i = 0; i < Tags.Length; i++)
        {
            var value = Volatile.Read(ref _cells[(i * CellLength) + offset]);
            if (value > 0)
                yield return new Measurement<long>(value, Tags[i]);
        }
    }

    private static IEnumerable<KeyValuePair<string, object?>[]> MakeTags() =>
        from direction in Directions
        from kind in Kinds
        select new KeyValuePair<string, object?>[] { new(TelemetryNames.Direction, direction), new(TelemetryNames.Kind, kind) };
}
