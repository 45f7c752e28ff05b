namespace Parley.Client.Resumption;

/// <summary>A sent message that may have to be resent.</summary>
internal sealed class OutboxEntry
{
    internal required byte[] Message { get; init; }

    internal required MessageTraits Traits { get; init; }

    /// <summary>Index on the connection it was last sent on.</summary>
    internal long Index { get; set; }

    /// <summary>Number of turns that had ended when it was sent: it is not resent before as many have ended again.</summary>
    internal long AfterTurns { get; set; }

    /// <summary>Whether the model has begun an answer since.</summary>
    internal bool Answered { get; set; }

    /// <summary>Whether that answer, or a later one, is complete.</summary>
    internal bool AnsweredInFull { get; set; }

    /// <summary>Number of handles that came since.</summary>
    internal int Checkpoints { get; set; }
}

/// <summary>
/// Sent messages that the newest resumable state may not contain, oldest first, bounded. With transparent resumption the server reports
/// which messages the state contains, and exactly the others are kept. Otherwise a message is kept until a handle comes that must be newer:
/// the
/// second one after it, or the first one after its answer; audio and pictures outside a manual activity are then not kept at all (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#92-resumption">protocol 9.2</see>). Guarded by the session's lock.
/// </summary>
internal sealed class Outbox(ResumptionOptions options)
{
    private readonly LinkedList<OutboxEntry> _entries = [];
    private long _nextIndex = options.FirstMessageIndex;
    private long _sinceOpen;
    private bool _activity;

    /// <summary>The entries in order, for tests.</summary>
    internal IReadOnlyCollection<OutboxEntry> Entries => _entries;

    internal long KeptBytes { get; private set; }

    internal TimeSpan KeptAudio { get; private set; }

    /// <summary>Audio that was dropped for lack of room since the last <see cref="TakeDropped"/>.</summary>
    internal TimeSpan DroppedAudio { get; private set; }

    /// <summary>Other messages that were dropped for lack of room since the last <see cref="TakeDropped"/>.</summary>
    internal int DroppedMessages { get; private set; }

    /// <summary>Number of messages sent on this connection.</summary>
    internal long SentOnConnection => _sinceOpen;

    /// <summary>Records a message and how many turns have ended. Called before it is written, because the server may answer before the write returns.</summary>
    internal OutboxEntry? Record(ReadOnlySpan<byte> message, in MessageTraits traits, long afterTurns = 0)
    {
        var index = _nextIndex++;
        _sinceOpen++;
        if (!Keeps(traits))
            return null;
        var entry = new OutboxEntry { Message = message.ToArray(), Traits = traits, Index = index, AfterTurns = afterTurns };
        _entries.AddLast(entry);
        KeptBytes += message.Length;
        KeptAudio += traits.Audio;
        MakeRoom();
        return entry;
    }

    /// <summary>Removes a message whose write failed: the caller keeps it.</summary>
    internal void Forget(OutboxEntry entry)
    {
        if (_entries.Find(entry) is { } node)
            Remove(node);
    }

    /// <summary>A resumable handle came: removes what its state contains.</summary>
    /// <param name="lastConsumed">Index of the last message that its state contains; null if the server does not report it.</param>
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

    /// <summary>The model begins an answer.</summary>
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
    /// A new connection starts: decides what is resent. Each resent message is then recorded with <see cref="Resent"/>, in order.
    /// </summary>
    /// <param name="replay">False: nothing may be resent.</param>
    /// <param name="keeps">Whether a message makes sense to the resumed state.</param>
    /// <returns>Messages to resend, and how many messages and how much audio are lost.</returns>
    internal (List<OutboxEntry> Resend, int LostMessages, TimeSpan LostAudio) BeginConnection(bool replay, Func<OutboxEntry, bool> keeps)
    {
        _nextIndex = options.FirstMessageIndex;
        _sinceOpen = 0;
        var (messages, audio) = TakeDropped();
        for (var node = _entries.First; node is not null;)
        {
            var next = node.Next;
            var entry = node.Value;
            // Answered in full: without transparency the user would get the same answer again.
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
            // Higher than any index the server can report on the new connection, until the message is resent there.
            (entry.Index, entry.Answered, entry.AnsweredInFull, entry.Checkpoints) = (long.MaxValue, false, false, 0);
        }
        return (resend, messages, audio);
    }

    /// <summary>Records that a message is sent on the new connection.</summary>
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
        // A manual activity is resent as a whole: its marks make no sense without its audio.
        var keep = traits.IsMark ? !traits.StreamEnd : !traits.IsMedia || _activity;
        if (traits.ActivityEnd)
            _activity = false;
        return keep;
    }

    // A resumable handle means that the model was idle: a question without an answer had not arrived by then.
    private static bool IsCertainlyHeld(OutboxEntry entry)
    {
        if (entry.Index == long.MaxValue)
            return false;
        entry.Checkpoints++;
        // A state with open calls is not resumable, so this one contains their answers.
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
