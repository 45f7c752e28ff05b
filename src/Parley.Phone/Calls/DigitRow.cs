using System.Text;
using Parley.Protocol.Internal;

namespace Parley.Phone.Calls;

/// <summary>Collects the keys that a caller presses to one row, which ends with a pause or <c>#</c>. Thread-safe.</summary>
internal sealed class DigitRow : IDisposable
{
    /// <summary>A longer row is passed on in pieces.</summary>
    private const int MaxDigits = 64;

    private readonly TimeSpan _pause;
    private readonly Action<string> _complete;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly StringBuilder _digits = new();

    /// <param name="time">The clock.</param>
    /// <param name="pause">The pause.</param>
    /// <param name="complete">Takes a row; must not block.</param>
    /// <param name="failed">Takes an exception of the timer.</param>
    internal DigitRow(TimeProvider time, TimeSpan pause, Action<string> complete, Action<Exception> failed)
    {
        (_pause, _complete) = (pause, complete);
        _timer = time.CreateGuardedTimer(this, static row => row.Complete(), (_, e) => failed(e));
    }

    internal void Add(char digit)
    {
        var isEnd = false;
        lock (_gate)
        {
            _digits.Append(digit);
            isEnd = digit == '#' || _digits.Length >= MaxDigits;
        }
        if (isEnd)
            Complete();
        else
            _timer.Change(_pause, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private void Complete()
    {
        string row;
        lock (_gate)
        {
            row = _digits.ToString();
            _digits.Clear();
        }
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (row.Length > 0)
            _complete(row);
    }
}
