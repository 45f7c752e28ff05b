using System.Globalization;
using Microsoft.Extensions.Logging;
using Parley.Server.Wire;

namespace Parley.Server.Access;

/// <summary>
/// Usage of every key by day (UTC): kept in memory for quota checks, and written in the background to the data folder, if there is one. Safe for use by
/// many threads.
/// </summary>
internal sealed partial class UsageTracker : IUsageSink
{
    /// <summary>Days that are kept.</summary>
    internal const int Days = 31;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Day, string KeyId), DayUsage> _usage = [];
    private readonly Dictionary<(string Day, string KeyId, int Code, string Cause), long> _closes = [];
    private readonly IUsageStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private string _today = "";

    public UsageTracker(IUsageStore store, TimeProvider time, ILogger<UsageTracker> logger)
    {
        (_store, _time, _logger) = (store, time, logger);
        var (usage, closes) = store.Load(FirstDay());
        foreach (var day in usage)
            _usage[(day.Day, day.KeyId)] = day;
        foreach (var day in closes)
            _closes[(day.Day, day.KeyId, day.Code, day.Cause)] = day.Count;
    }

    public void Record(in UsageRecord record) =>
        Add(new DayUsage(Today(), record.KeyId) { PromptTokens = record.Usage.PromptTokenCount ?? 0, ResponseTokens = record.Usage.ResponseTokens });

    internal void AddSession(string keyId, bool resumed) => Add(new DayUsage(Today(), keyId) { Sessions = resumed ? 0 : 1, Resumes = resumed ? 1 : 0 });

    internal void AddTime(string keyId, TimeSpan time) => Add(new DayUsage(Today(), keyId) { Milliseconds = (long)time.TotalMilliseconds });

    internal void AddClose(string keyId, int code, string cause)
    {
        var day = new DayCloses(Today(), keyId, CloseCodes.Bounded(code), cause, 1);
        lock (_gate)
            _closes[(day.Day, keyId, day.Code, cause)] = _closes.GetValueOrDefault((day.Day, keyId, day.Code, cause)) + 1;
        Store(static (store, more) => store.Add(more), day);
    }

    /// <summary>The usage of a key today.</summary>
    internal DayUsage UsageToday(string keyId)
    {
        var today = Today();
        lock (_gate)
            return _usage.GetValueOrDefault((today, keyId)) ?? new DayUsage(today, keyId);
    }

    /// <summary>Whether a key has reached its daily minutes or tokens.</summary>
    internal bool IsOverQuota(VirtualKey key)
    {
        if (key.Limits is { MinutesPerDay: null, TokensPerDay: null })
            return false;
        var today = UsageToday(key.Id);
        return today.Milliseconds >= key.Limits.MinutesPerDay * 60_000L || today.PromptTokens + today.ResponseTokens >= key.Limits.TokensPerDay;
    }

    /// <summary>The last days, newest first, then by key.</summary>
    internal IReadOnlyList<DayUsage> Usage()
    {
        lock (_gate)
            return [.. _usage.Values.OrderByDescending(static day => day.Day, StringComparer.Ordinal).ThenBy(static day => day.KeyId, StringComparer.Ordinal)];
    }

    /// <inheritdoc cref="Usage"/>
    internal IReadOnlyList<DayCloses> Closes()
    {
        lock (_gate)
        {
            return [.. _closes.Select(static pair => new DayCloses(pair.Key.Day, pair.Key.KeyId, pair.Key.Code, pair.Key.Cause, pair.Value))
                .OrderByDescending(static day => day.Day, StringComparer.Ordinal).ThenBy(static day => day.KeyId, StringComparer.Ordinal).ThenBy(static day => day.Code)];
        }
    }

    private void Add(DayUsage more)
    {
        lock (_gate)
            _usage[(more.Day, more.KeyId)] = _usage.TryGetValue((more.Day, more.KeyId), out var before) ? before.Plus(more) : more;
        Store(static (store, usage) => store.Add(usage), more);
    }

    // The sums in memory are right anyway, and no session ends because they are not stored.
    private void Store<T>(Action<IUsageStore, T> add, T more)
    {
        try
        {
            add(_store, more);
        }
        catch (Exception e)
        {
            Log.NotStored(_logger, e);
        }
    }

    private string Today()
    {
        var today = Format(_time.GetUtcNow());
        if (today == Volatile.Read(ref _today))
            return today;
        lock (_gate)
        {
            _today = today;
            var first = FirstDay();
            foreach (var old in _usage.Keys.Where(key => string.CompareOrdinal(key.Day, first) < 0).ToList())
                _usage.Remove(old);
            foreach (var old in _closes.Keys.Where(key => string.CompareOrdinal(key.Day, first) < 0).ToList())
                _closes.Remove(old);
        }
        return today;
    }

    private string FirstDay() => Format(_time.GetUtcNow() - TimeSpan.FromDays(Days - 1));

    private static string Format(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static partial class Log
    {
        [LoggerMessage(EventIds.UsageNotStored, LogLevel.Error, "Usage not stored; it will be missing after a restart")]
        public static partial void NotStored(ILogger logger, Exception exception);
    }
}

/// <summary>Usage of one key on one day.</summary>
internal sealed record DayUsage(string Day, string KeyId)
{
    /// <summary>New sessions.</summary>
    public long Sessions { get; init; }

    /// <summary>Sessions resumed on another connection.</summary>
    public long Resumes { get; init; }

    /// <summary>Connected time of all sessions together.</summary>
    public long Milliseconds { get; init; }

    public long PromptTokens { get; init; }

    public long ResponseTokens { get; init; }

    internal DayUsage Plus(DayUsage more) => this with
    {
        Sessions = Sessions + more.Sessions,
        Resumes = Resumes + more.Resumes,
        Milliseconds = Milliseconds + more.Milliseconds,
        PromptTokens = PromptTokens + more.PromptTokens,
        ResponseTokens = ResponseTokens + more.ResponseTokens,
    };
}

/// <summary>Number of connections of a key that ended with one close code and cause on one day.</summary>
internal sealed record DayCloses(string Day, string KeyId, int Code, string Cause, long Count);
