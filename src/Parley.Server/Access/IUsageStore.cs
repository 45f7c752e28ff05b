namespace Parley.Server.Access;

/// <summary>Persists daily usage.</summary>
internal interface IUsageStore
{
    /// <summary>Loads everything from a day on, and deletes what is older.</summary>
    (IReadOnlyList<DayUsage> Usage, IReadOnlyList<DayCloses> Closes) Load(string firstDay);

    /// <summary>Adds to a day. Does not block.</summary>
    void Add(DayUsage more);

    /// <inheritdoc cref="Add(DayUsage)"/>
    void Add(DayCloses more);
}

/// <summary>Persists nothing.</summary>
internal sealed class NoUsageStore : IUsageStore
{
    public (IReadOnlyList<DayUsage> Usage, IReadOnlyList<DayCloses> Closes) Load(string firstDay) => ([], []);

    public void Add(DayUsage more)
    {
    }

    public void Add(DayCloses more)
    {
    }
}
