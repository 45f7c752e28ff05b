using Parley.Cascade.Metrics;
using Parley.Protocol;

namespace Parley.Cascade.Answering;

/// <summary>
/// What an answer gives to its session. The output of a speculative answer is held: nothing leaves it until it is released, and nothing at
/// all if it is discarded. Only the times of its marks are kept, so that the turn reports when the work was really done.
/// <code>
/// held -> released     the turn ended with the same words
/// held -> discarded    the user went on, or a stage failed
/// </code>
/// </summary>
internal sealed class AnswerOutput
{
    private readonly CascadeSession _session;
    private readonly int _generation;
    private readonly TaskCompletionSource? _decided;
    private readonly Lock _gate = new();
    private readonly List<(TurnMark Mark, TimeSpan At)> _marks = [];
    private readonly List<string> _thoughts = [];
    private volatile State _state;

    internal AnswerOutput(CascadeSession session, int generation, bool isHeld)
    {
        (_session, _generation) = (session, generation);
        if (isHeld)
            _decided = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _state = isHeld ? State.Held : State.Released;
    }

    private enum State
    {
        Held,
        Released,
        Discarded,
    }

    internal bool IsDiscarded => _state == State.Discarded;

    /// <summary>Lets everything through, from now on; false if it was discarded before.</summary>
    /// <param name="marks">The marks passed so far.</param>
    internal bool TryRelease(out IReadOnlyList<(TurnMark Mark, TimeSpan At)> marks)
    {
        marks = _marks;
        if (!TryDecide(State.Released))
            return false;
        _decided!.SetResult();
        return true;
    }

    /// <summary>Lets nothing through, for ever; false if it was released before, or never held.</summary>
    internal bool TryDiscard() => TryDecide(State.Discarded);

    /// <summary>Waits until what follows may leave.</summary>
    internal async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (_decided is null)
            return;
        if (!_decided.Task.IsCompleted)
            await _decided.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        SendThoughts();
    }

    internal async ValueTask SayAsync(ReadOnlyMemory<byte> pcm, string? text, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken).ConfigureAwait(false);
        _session.Said(_generation, pcm, text);
    }

    internal void Think(string thought)
    {
        lock (_gate)
        {
            _thoughts.Add(thought);
            if (_state != State.Released)
                return;
        }
        SendThoughts();
    }

    internal void Mark(TurnMark mark)
    {
        lock (_gate)
        {
            if (_state != State.Released)
            {
                Keep(mark);
                return;
            }
        }
        _session.Mark(_generation, mark);
    }

    internal void SynthesisFailed() => _session.SynthesisFailed(_generation);

    internal async ValueTask FinishAsync(IReadOnlyList<FunctionCall> calls, bool failed, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken).ConfigureAwait(false);
        if (calls.Count > 0)
            _session.Called(_generation, calls);
        else
            _session.Finished(_generation, failed);
    }

    /// <summary>The answer has stopped, for any reason.</summary>
    internal void End()
    {
        if (_state == State.Released)
            _session.AnswerEnded(_generation);
    }

    private bool TryDecide(State state)
    {
        lock (_gate)
        {
            if (_state != State.Held)
                return false;
            _state = state;
            return true;
        }
    }

    // The first time counts.
    private void Keep(TurnMark mark)
    {
        foreach (var (kept, _) in _marks)
        {
            if (kept == mark)
                return;
        }
        _marks.Add((mark, _session.Now));
    }

    private void SendThoughts()
    {
        string[] thoughts;
        lock (_gate)
        {
            if (_thoughts.Count == 0)
                return;
            thoughts = [.. _thoughts];
            _thoughts.Clear();
        }
        foreach (var thought in thoughts)
            _session.Thought(_generation, thought);
    }
}
