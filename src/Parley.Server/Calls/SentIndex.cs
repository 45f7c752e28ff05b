namespace Parley.Server.Calls;

/// <summary>Translates the count of messages that a model got into the count of those that the client sent. Safe for use by many threads.</summary>
internal sealed class SentIndex
{
    /// <summary>More marks than between two handles; the oldest ones are joined.</summary>
    private const int MaxMarks = 1_024;

    private readonly Lock _gate = new();

    // From this number of messages of the model on, the client has sent so many more (or fewer).
    private readonly List<(long Model, long Difference)> _marks = [];
    private long _model, _difference, _overtaken;
    private int _held;

    /// <summary>Both counts are the same.</summary>
    internal bool IsPlain
    {
        get
        {
            lock (_gate)
                return _marks.Count == 0;
        }
    }

    /// <summary>A message of the client was forwarded.</summary>
    internal void Forwarded()
    {
        lock (_gate)
        {
            _model++;
            if (_held == 0)
                return;
            // It has overtaken one that waits: up to that one the client has sent less.
            _overtaken++;
            Mark(-1);
        }
    }

    /// <summary>A message of the client waits; others may overtake it.</summary>
    internal void Held()
    {
        lock (_gate)
            _held++;
    }

    /// <summary>A message of the client waits no more.</summary>
    internal void Released(bool isForwarded)
    {
        lock (_gate)
        {
            if (isForwarded)
                _model++;
            _held--;
            var change = isForwarded ? 0L : 1;
            if (_held == 0)
            {
                change += _overtaken;
                _overtaken = 0;
            }
            if (change != 0)
                Mark(change);
        }
    }

    /// <summary>A message was sent that the client did not send.</summary>
    internal void Injected()
    {
        lock (_gate)
        {
            _model++;
            Mark(-1);
        }
    }

    /// <summary>A message of the client was not forwarded.</summary>
    internal void Swallowed()
    {
        lock (_gate)
        {
            if (_held > 0)
                _overtaken++;
            else
                Mark(1);
        }
    }

    /// <summary>Messages of the client among the first of those that the model got.</summary>
    internal long ToClient(long model)
    {
        lock (_gate)
        {
            var difference = 0L;
            foreach (var mark in _marks)
            {
                if (mark.Model > model)
                    break;
                difference = mark.Difference;
            }
            return model + difference;
        }
    }

    private void Mark(long change)
    {
        _difference += change;
        if (_marks.Count >= MaxMarks)
            _marks.RemoveAt(0);
        _marks.Add((_model, _difference));
    }
}
