namespace Parley.Server.Relay;

/// <summary>How long each key was connected today, as the usage records tell; a day is one of UTC.</summary>
internal sealed class DailyMinutes(TimeProvider time) : IUsageSink
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TimeSpan> _today = new(StringComparer.Ordinal);
    private DateOnly _day;

    public void Record(in UsageRecord record)
    {
        if (!record.IsRelayed)
            return;
        lock (_gate)
        {
            Turn();
            _today[record.Owner] = _today.GetValueOrDefault(record.Owner) + record.Connected;
        }
    }

    internal TimeSpan Of(string owner)
    {
        lock (_gate)
        {
            Turn();
            return _today.GetValueOrDefault(owner);
        }
    }

    private void Turn()
    {
        var day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (day == _day)
            return;
        _today.Clear();
        _day = day;
    }
}
