namespace Parley.Speech.Tests.Models;

/// <summary>A clock of pauses that are over at once, so that attempts follow each other; the wait for a silent server ends only when told.</summary>
internal sealed class PassingTime : TimeProvider
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private volatile bool _passesSilence;

    /// <summary>The pauses that were made.</summary>
    internal List<TimeSpan> Pauses { get; } = [];

    /// <summary>Lets the next wait for a server pass without an answer.</summary>
    internal void PassSilence() => _passesSilence = true;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private bool IsOver(TimeSpan due)
    {
        if (due == Timeout.InfiniteTimeSpan)
            return false;
        if (due == Silence)
        {
            var passes = _passesSilence;
            _passesSilence = false;
            return passes;
        }
        lock (Pauses)
            Pauses.Add(due);
        return true;
    }

    private sealed class Timer(PassingTime owner, Action elapsed) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (owner.IsOver(dueTime))
                ThreadPool.QueueUserWorkItem(_ => elapsed());
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
