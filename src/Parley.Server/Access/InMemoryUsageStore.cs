namespace Parley.Server.Access;

/// <summary>Keeps daily usage in memory.</summary>
internal sealed class InMemoryUsageStore : IUsageStore
{
    private readonly Lock _gate = new();
    private readonly UsageTable _sums = new();
    private readonly Dictionary<string, long> _written = new(StringComparer.Ordinal);

    public ValueTask AddAsync(UsageBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (batch.Sequence > _written.GetValueOrDefault(batch.WriterId))
            {
                _written[batch.WriterId] = batch.Sequence;
                _sums.Add(batch.Sums);
            }
        }
        return default;
    }

    public ValueTask<UsageSums> LoadAsync(DateOnly firstDay, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            return new(new UsageSums([.. _sums.Usage.Where(day => day.Day >= firstDay)], [.. _sums.Closes.Where(day => day.Day >= firstDay)]));
    }

    public ValueTask<IReadOnlyList<DayUsage>> FindAsync(DateOnly day, IReadOnlyCollection<string> keyIds, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            return new([.. keyIds.Distinct(StringComparer.Ordinal).Select(id => _sums.Find(day, id)).OfType<DayUsage>()]);
    }

    public ValueTask DeleteBeforeAsync(DateOnly firstDay, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            _sums.DropBefore(firstDay);
        return default;
    }
}
