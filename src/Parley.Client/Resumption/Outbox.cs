namespace Parley.Client.Resumption;

/// <summary>A message that was sent and may have to be sent again.</summary>
internal sealed class OutboxEntry
{
    internal required byte[] Message { get; init; }

    internal required MessageTraits Traits { get; init; }

    /// <summary>Index on the connection it was last sent on.</summary>
    internal long Index { get; set; }

    /// <summary>The model has begun to speak since.</summary>
    internal bool Answered { get; set; }

    /// <summary>That answer, or a later one, was complete.</summary>
    internal bool AnsweredInFull { get; set; }

    /// <summary>Handles that came since.</summary>
    internal int Checkpoints { get; set; }
}

/// <summary>
/// The messages that the newest resumable state may not hold, oldest first, bounded. With transparent resumption the server says which ones
/// it holds, and exactly the others are kept. Without, a message is kept until a handle comes that must be younger than it: the second one
/// behind it, or the first one behind its answer; plain media are then not kept at all (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#92-resumption">protocol 9.2</see>). Guarded by the session's lock.
/// </summary>
internal sealed class Outbox(ResumptionOptions options)
{
    private readonly LinkedList<OutboxEntry> _entries = [];
    private long _nextIndex = options.FirstMessageIndex;
    private long _sinceOpen;
    private bool _activity;

    /// <summary>Entries in order; for the resend and for tests.</summary>
    internal IReadOnlyCollection<OutboxEntry> Entries => _entries;

    internal long KeptBytes { get; private set; }

    internal TimeSpan KeptAudio { get; private set; }

    /// <summary>Sound that had to make room, since <see cref="TakeDropped"/>.</summary>
    internal TimeSpan DroppedAudio { get; private set; }

    /// <summary>Other messages that had to make room, since <see cref="TakeDropped"/>.</summary>
    internal int DroppedMessages { get; private set; }

    /// <summary>Messages sent on this connection.</summary>
    internal long SentOnConnection => _sinceOpen;

    /// <summary>A message is about to be written. Called before the write: the server may be quicker than the return of it.</summary>
    internal OutboxEntry? Record(ReadOnlySpan<byte> message, in MessageTraits traits)
    {
        var index = _nextIndex++;
        _sinceOpen++;
        if (!Keeps(traits))
            return null;
        var entry = new OutboxEntry { Message = message.ToArray(), Traits = traits, Index = index };
        _entries.AddLast(entry);
        KeptBytes += message.Length;
        KeptAudio += traits.Audio;
        MakeRoom();
        return entry;
    }

    /// <summary>The write failed: the caller keeps the message itself.</summary>
    internal void Forget(OutboxEntry entry)
    {
        if (_entries.Find(entry) is { } node)
            Remove(node);
    }

    /// <summary>A handle came that can be resumed.</summary>
    /// <param name="lastConsumed">Index of the last message its state holds; null where the server does not say.</param>
    internal void Checkpoint(long? lastConsumed)
    {
        for (var node = _entries.First; node is not null;)
        {
            var next = node.Next;
            var entry = node.Value;
            if (lastConsumed is { } index ? entry.Index <= index : IsCertainlyHeld(entry))
                Remove(node);
            node = next;
        }
    }

    /// <summary>The model speaks: what waited for an answer has one.</summary>
    internal void NoteAnswer()
    {
        foreach (var entry in _entries)
            entry.Answered = true;
    }

    internal void NoteTurnComplete()
    {
        foreach (var entry in _entries)
            entry.AnsweredInFull |= entry.Answered;
    }

    /// <summary>
    /// A new connection takes over: decides what is sent again. What stays is written with <see cref="Resent"/>, one by one and in order.
    /// </summary>
    /// <param name="replay">False: nothing may be sent again.</param>
    /// <param name="keeps">Whether the resumed state can do with a message.</param>
    /// <returns>Messages that are lost, and their sound.</returns>
    internal (List<OutboxEntry> Resend, int LostMessages, TimeSpan LostAudio) BeginConnection(bool replay, Func<OutboxEntry, bool> keeps)
    {
        _nextIndex = options.FirstMessageIndex;
        _sinceOpen = 0;
        var (messages, audio) = TakeDropped();
        for (var node = _entries.First; node is not null;)
        {
            var next = node.Next;
            var entry = node.Value;
            // Heard and answered: without transparency the user would get the same answer again.
            var done = !options.Transparent && entry.AnsweredInFull;
            if (!replay || done || !keeps(entry))
            {
                if (entry.Traits.Audio > TimeSpan.Zero)
                    audio += entry.Traits.Audio;
                else if (!entry.Traits.IsMark && entry.Traits.CallIds is null && !done)
                    messages++;
                Remove(node);
            }
            node = next;
        }
        var resend = new List<OutboxEntry>(_entries);
        foreach (var entry in resend)
        {
            // Behind everything the server can have consumed on the new connection, until it is really sent there.
            (entry.Index, entry.Answered, entry.AnsweredInFull, entry.Checkpoints) = (long.MaxValue, false, false, 0);
        }
        return (resend, messages, audio);
    }

    /// <summary>The message goes out on the new connection.</summary>
    internal void Resent(OutboxEntry entry)
    {
        entry.Index = _nextIndex++;
        _sinceOpen++;
    }

    internal (int Messages, TimeSpan Audio) TakeDropped()
    {
        var dropped = (DroppedMessages, DroppedAudio);
        (DroppedMessages, DroppedAudio) = (0, TimeSpan.Zero);
        return dropped;
    }

    private bool Keeps(in MessageTraits traits)
    {
        if (!options.Enabled)
            return false;
        if (options.Transparent)
            return true;
        if (traits.ActivityStart)
            _activity = true;
        // A turn that is marked by hand is one thing: its sound is sent again with its marks, or the marks would make no sense.
        var keep = traits.IsMark ? !traits.StreamEnd : !traits.IsMedia || _activity;
        if (traits.ActivityEnd)
            _activity = false;
        return keep;
    }

    // A resumable handle means that the model was idle: what still waited for its answer then had not arrived.
    private static bool IsCertainlyHeld(OutboxEntry entry)
    {
        if (entry.Index == long.MaxValue)
            return false;
        entry.Checkpoints++;
        // A state with open calls is not resumable, so their answers are in this one.
        if (entry.Traits.CallIds is not null)
            return true;
        return !entry.Traits.ExpectsAnswer && !entry.Traits.IsMark && !entry.Traits.IsMedia || entry.Answered || entry.Checkpoints > 1;
    }

    private void MakeRoom()
    {
        while (KeptBytes > options.MaxKeptBytes || KeptAudio > options.MaxHeldAudio)
        {
            var node = _entries.First;
            while (node is not null && !node.Value.Traits.IsMedia)
                node = node.Next;
            node ??= _entries.First;
            if (node is null)
                return;
            if (node.Value.Traits.Audio > TimeSpan.Zero)
                DroppedAudio += node.Value.Traits.Audio;
            else
                DroppedMessages++;
            Remove(node);
        }
    }

    private void Remove(LinkedListNode<OutboxEntry> node)
    {
        _entries.Remove(node);
        KeptBytes -= node.Value.Message.Length;
        KeptAudio -= node.Value.Traits.Audio;
    }
}
