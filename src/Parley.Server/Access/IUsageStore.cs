namespace Parley.Server.Access;

/// <summary>Where the usage of days is kept beyond the process.</summary>
internal interface IUsageStore
{
    /// <summary>Everything from a day on; what is older is forgotten.</summary>
    (IReadOnlyList<DayUsage> Usage, IReadOnlyList<DayCloses> Closes) Load(string firstDay);

    /// <summary>Adds to a day. Never waits.</summary>
    void Add(DayUsage more);

    /// <inheritdoc cref="Add(DayUsage)"/>
    void Add(DayCloses more);
}

/// <summary>Keeps nothing.</summary>
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
