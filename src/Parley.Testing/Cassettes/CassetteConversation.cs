namespace Parley.Testing.Cassettes;

/// <summary>
/// A recorded connection that is being played: which server entry is next, and whether the client has caused it. Used by the reader and the sender of one
/// socket.
/// </summary>
internal sealed class CassetteConversation
{
    private readonly Lock _gate = new();
    private readonly CassettePlayer _player;
    private readonly CassetteEntry[] _frames;
    private TaskCompletionSource _progress = NewSignal();
    private int _next;

    internal CassetteConversation(CassettePlayer player, CassetteConnection connection)
    {
        (_player, Connection) = (player, connection);
        Script = new ClientScript(connection, player);
        _frames = [.. connection.Entries.Where(static entry => !entry.IsFromClient)];
    }

    internal CassetteConnection Connection { get; }

    internal ClientScript Script { get; }

    /// <summary>A mismatch was reported.</summary>
    internal bool HasFailed { get; private set; }

    /// <summary>Nothing more is played, because of a mismatch.</summary>
    internal bool IsStopped => HasFailed && _player.Options.IsStrict;

    /// <summary>Takes a message of the client.</summary>
    /// <returns>What is not as recorded; null if it is.</returns>
    internal string? Receive(ReadOnlySpan<byte> message)
    {
        TaskCompletionSource progress;
        string? mismatch;
        lock (_gate)
        {
            mismatch = Script.Take(message);
            HasFailed |= mismatch is not null;
            (progress, _progress) = (_progress, NewSignal());
        }
        if (mismatch is not null)
            _player.Mismatch(mismatch);
        progress.TrySetResult();
        return mismatch;
    }

    /// <summary>Waits for the next server entry that the client has caused; null after the last one.</summary>
    internal async ValueTask<CassetteEntry?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task progress;
            lock (_gate)
            {
                if (_next == _frames.Length || IsStopped)
                    return null;
                if (Script.HasCaused(_frames[_next]))
                    return _frames[_next];
                progress = _progress.Task;
            }
            await progress.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The entry that <see cref="NextAsync"/> returned is about to be sent.</summary>
    internal void Sent()
    {
        lock (_gate)
            _next++;
    }

    /// <summary>The time between a server entry and what it followed, in the recording.</summary>
    internal TimeSpan DelayOf(CassetteEntry entry)
    {
        CassetteEntry? before = null;
        foreach (var other in Connection.Entries)
        {
            if (other == entry)
                break;
            before = other;
        }
        var delay = before is null ? TimeSpan.Zero : entry.Time - before.Time;
        return delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
    }

    /// <summary>Messages of the client that did not come, and what the server waits for.</summary>
    internal IEnumerable<string> Unfinished()
    {
        lock (_gate)
        {
            var missing = Script.Missing().ToList();
            if (missing.Count == 0 && _next < _frames.Length && _frames[_next].IsMessage && !Script.HasCaused(_frames[_next]))
                missing.Add($"connection {Connection.Number}: {_frames.Length - _next} server messages wait for {Script.Awaits(_frames[_next])}");
            return missing;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
