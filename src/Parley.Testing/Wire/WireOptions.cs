using Parley.Testing.Hosting;

namespace Parley.Testing.Wire;

/// <summary>What all connections of a server share.</summary>
internal sealed class WireOptions(TimeProvider time, Activity activity)
{
    private int _upgrades;

    internal TimeProvider Time => time;

    internal Activity Activity => activity;

    /// <summary>Filters of each WebSocket by its number, from 1; the first of the list is next to the client.</summary>
    internal List<Func<int, IMessageFilter>> Filters { get; } = [];

    /// <summary>Changes the head of a request before the server gets it.</summary>
    internal Action<HttpHead>? Rewrite { get; init; }

    /// <summary>How late answers to the client's pings are; zero = at once.</summary>
    internal Func<TimeSpan> PongDelay { get; set; } = static () => TimeSpan.Zero;

    internal int NextNumber() => Interlocked.Increment(ref _upgrades);

    internal IReadOnlyList<IMessageFilter> CreateFilters(int number) => [.. Filters.Select(create => create(number))];
}
