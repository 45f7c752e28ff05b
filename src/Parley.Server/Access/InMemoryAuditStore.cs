namespace Parley.Server.Access;

/// <summary>Keeps the newest entries until the end of the process.</summary>
internal sealed class InMemoryAuditStore : IAuditStore
{
    /// <summary>Beyond it the oldest is dropped; the log has it.</summary>
    private const int MaxEntries = 1_000;

    private readonly Lock _gate = new();
    private readonly Queue<AuditEntry> _entries = [];

    public ValueTask AddAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            _entries.Enqueue(entry);
            if (_entries.Count > MaxEntries)
                _entries.Dequeue();
        }
        return default;
    }

    public ValueTask<IReadOnlyList<AuditEntry>> ListAsync(int count, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            return new([.. _entries.Reverse().Take(count)]);
    }

    public ValueTask DeleteBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            while (_entries.TryPeek(out var oldest) && oldest.Time < time)
                _entries.Dequeue();
        }
        return default;
    }
}
