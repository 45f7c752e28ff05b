namespace Parley.Speech.Recognition;

/// <summary>
/// Lets as many decoders work at the same time as there are cores, the most urgent first. Otherwise all of them share the cores evenly, and the
/// words of a user who waits for an answer are decoded as slowly as those of users who are still speaking. An utterance is as urgent as its
/// caller waits: for the final transcript, then for the one so far in a pause, then for partial ones; among equals, first come, first served.
/// </summary>
/// <param name="cores">The most decoders at work.</param>
internal sealed class DecodingOrder(int cores)
{
    // A decoder that hangs keeps its place until it is replaced; the others do not wait for it. A piece takes a twentieth of this.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly List<Place> _waiting = [];
    private int _working;

    /// <summary>How many wait, and how many work.</summary>
    internal int Waiting
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    internal int Working
    {
        get
        {
            lock (_lock)
                return _working;
        }
    }

    /// <summary>Waits until a piece of an utterance may be decoded; call <see cref="Leave"/> afterwards.</summary>
    /// <param name="place">The place of the decoder, which has one.</param>
    /// <param name="utterance">The utterance.</param>
    public void Enter(Place place, PooledRecognition utterance)
    {
        lock (_lock)
        {
            if (_working < cores)
            {
                _working++;
                return;
            }
            place.Utterance = utterance;
            _waiting.Add(place);
        }
        if (place.TryWait(Patience))
            return;
        lock (_lock)
        {
            if (_waiting.Remove(place))
            {
                _working++;
                return;
            }
        }
        // Its turn has come in this moment.
        place.TryWait(Timeout.InfiniteTimeSpan);
    }

    /// <summary>A piece is decoded: the most urgent of those that wait goes on.</summary>
    public void Leave()
    {
        Place next;
        lock (_lock)
        {
            if (_waiting.Count == 0 || _working > cores)
            {
                _working--;
                return;
            }
            next = _waiting[0];
            foreach (var place in _waiting)
            {
                if (place.Utterance!.Urgency > next.Utterance!.Urgency)
                    next = place;
            }
            _waiting.Remove(next);
            next.Utterance = null;
        }
        next.Go();
    }

    /// <summary>Where one decoder waits.</summary>
    internal sealed class Place
    {
        private readonly object _gate = new(); // A monitor, not a Lock: the decoder's thread waits on it.
        private bool _mayGo;

        internal PooledRecognition? Utterance { get; set; }

        internal bool TryWait(TimeSpan patience)
        {
            lock (_gate)
            {
                if (!_mayGo && !Monitor.Wait(_gate, patience))
                    return false;
                _mayGo = false;
                return true;
            }
        }

        internal void Go()
        {
            lock (_gate)
            {
                _mayGo = true;
                Monitor.Pulse(_gate);
            }
        }
    }
}
