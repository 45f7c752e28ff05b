using Parley.Protocol.Internal;

namespace Parley.Cli.Load;

/// <summary>Something that is due once in each turn of a <see cref="PacingWheel"/>.</summary>
internal interface IPaced
{
    /// <summary>Does the work of one turn. Must not block: the next members wait for it.</summary>
    void Tick();
}

/// <summary>
/// Calls many members once per interval with one timer. The interval is cut into slots of some milliseconds and members are spread evenly over
/// them, so that a thousand microphones do not send at the same moment. A late timer makes up for the missed slots, as the buffer of a microphone does.
/// </summary>
internal sealed class PacingWheel : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _slotLength;
    private readonly List<IPaced>[] _slots;
    private readonly LatencyHistogram _lateness;
    private readonly Action<Exception> _failed;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly long _started;
    private IPaced[] _due = [];
    private long _next;
    private bool _disposed;

    /// <param name="time">The clock.</param>
    /// <param name="interval">Time between two calls of a member.</param>
    /// <param name="slots">Slots in it.</param>
    /// <param name="lateness">Gets how late each call was.</param>
    /// <param name="failed">Gets an exception of a member, which ends the wheel.</param>
    internal PacingWheel(TimeProvider time, TimeSpan interval, int slots, LatencyHistogram lateness, Action<Exception> failed)
    {
        (_time, _slotLength, _lateness, _failed) = (time, interval / slots, lateness, failed);
        _slots = [.. Enumerable.Range(0, slots).Select(static _ => new List<IPaced>())];
        _started = time.GetTimestamp();
        _next = 1;
        _timer = time.CreateGuardedTimer(this, static wheel => wheel.Run(), static (wheel, exception) => wheel._failed(exception), _slotLength);
    }

    /// <summary>Adds a member to the slot with the fewest.</summary>
    internal void Add(IPaced member)
    {
        lock (_gate)
            _slots.MinBy(static slot => slot.Count)!.Add(member);
    }

    internal void Remove(IPaced member)
    {
        lock (_gate)
        {
            foreach (var slot in _slots)
            {
                if (slot.Remove(member))
                    return;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        _timer.Dispose();
    }

    // The timer fires once and is armed here, so two runs never overlap.
    private void Run()
    {
        while (true)
        {
            var due = _next * _slotLength;
            var lateness = _time.GetElapsedTime(_started) - due;
            int count;
            lock (_gate)
            {
                if (_disposed)
                    return;
                if (lateness < TimeSpan.Zero)
                {
                    _timer.Change(-lateness, Timeout.InfiniteTimeSpan);
                    return;
                }
                var slot = _slots[_next % _slots.Length];
                count = slot.Count;
                if (_due.Length < count)
                    _due = new IPaced[count * 2];
                slot.CopyTo(_due);
            }
            for (var i = 0; i < count; i++)
            {
                _due[i].Tick();
                _lateness.Record(_time.GetElapsedTime(_started) - due);
            }
            _next++;
        }
    }
}
