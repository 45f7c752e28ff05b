using System.Diagnostics;
using Parley.Protocol.Internal;

namespace Parley.Client.Session;

/// <summary>
/// Ends the wait for a turn that is possible but need not come: if nothing arrives for a while, the session is idle, and the reader gets an
/// <see cref="IdleUpdate"/>. See <see cref="Expectations"/>.
/// </summary>
internal sealed class IdleClock(SessionState state, UpdateChannel updates, TimeProvider timeProvider) : IDisposable
{
    /// <summary>Longer than a model needs to begin to speak about a result it has.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private ITimer? _timer;
    private bool _armed;

    /// <summary>Called after every message.</summary>
    internal void Check(bool isTurnComplete)
    {
        // Read without the lock on the way of the audio: only this thread arms the timer.
        if (!_armed && !isTurnComplete)
            return;
        var arm = state.IsUncertain;
        lock (_lock)
        {
            _armed = arm;
            if (arm)
                _timer ??= timeProvider.CreateGuardedTimer(this, static clock => clock.Elapsed(), static (_, e) => Trace.TraceError(e.ToString()));
            _timer?.Change(arm ? Grace : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_lock)
            _timer?.Dispose();
    }

    private void Elapsed()
    {
        if (state.TrySettle())
            updates.Post(new IdleUpdate());
    }
}
