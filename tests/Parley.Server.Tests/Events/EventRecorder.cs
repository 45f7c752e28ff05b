namespace Parley.Server.Tests.Events;

/// <summary>Keeps every event.</summary>
internal sealed class EventRecorder : ILiveSessionEvents
{
    public EventLog<LiveSessionEvent> Events { get; } = new();

    public IReadOnlyList<string> Types => [.. Events.Snapshot.Select(static e => e.Type)];

    public ValueTask OnEventAsync(LiveSessionEvent sessionEvent, CancellationToken cancellationToken)
    {
        Events.Add(sessionEvent);
        return default;
    }

    public async Task<T> FirstAsync<T>(Func<T, bool>? matches = null)
        where T : LiveSessionEvent => (T)await Events.FirstAsync(e => e is T found && matches?.Invoke(found) is not false, $"an event {typeof(T).Name}");
}
