using Microsoft.Extensions.Logging;
using Parley.Protocol.Internal;
using Parley.Server.Wire;

namespace Parley.Server.Access;

/// <summary>
/// Usage of every key by day (UTC): kept in memory for quota checks, and added to the store in the background, in batches. A batch that fails is repeated
/// under its number until the store has it; meanwhile amounts add up in the next one, so that memory is bounded by the number of keys. Safe for use by
/// many threads.
/// </summary>
internal sealed partial class UsageTracker : IUsageSink, IDisposable
{
    /// <summary>Days that are kept.</summary>
    internal const int Days = 31;

    internal static readonly TimeSpan StoreDelay = TimeSpan.FromMilliseconds(200), RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _storing = new(1);
    private readonly string _writerId = RandomId.New();
    private readonly IUsageStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    // What the store has, what is being added to it, and what is not yet.
    private UsageTable _stored = new(), _sending = new(), _waiting = new();
    private UsageBatch? _batch;
    private long _sequence, _sendingSince, _waitingSince;
    private DateOnly _firstStored;
    private bool _isArmed, _isFailing, _isLost;

    public UsageTracker(IUsageStore store, TimeProvider time, ILogger<UsageTracker> logger)
    {
        (_store, _time, _logger) = (store, time, logger);
        _timer = time.CreateGuardedTimer(this, static tracker => _ = tracker.StoreInBackgroundAsync(), static (tracker, e) => Log.NotStored(tracker._logger, e));
    }

    /// <summary>Age of the oldest usage that the store does not have yet; zero if it has all.</summary>
    internal TimeSpan Age
    {
        get
        {
            lock (_gate)
                return _batch is not null ? _time.GetElapsedTime(_sendingSince) : _waiting.IsEmpty ? TimeSpan.Zero : _time.GetElapsedTime(_waitingSince);
        }
    }

    private DateOnly Today => DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);

    private DateOnly FirstDay => Today.AddDays(1 - Days);

    public void Record(in UsageRecord record)
    {
        var (prompt, response) = (record.Usage.PromptTokenCount ?? 0, record.Usage.ResponseTokens);
        Add(new DayUsage(Today, record.KeyId)
        {
            PromptTokens = prompt,
            ResponseTokens = response,
            Cost = record.Cost,
            UnpricedTokens = record.Cost is null ? (long)prompt + response : 0,
        });
    }

    public void Dispose()
    {
        _timer.Dispose();
        _storing.Dispose();
    }

    /// <summary>Loads the stored sums, in place of those loaded before. What this process has not stored yet is kept.</summary>
    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        // Not while a batch is being added: it would count twice, or not at all.
        await _storing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var loaded = new UsageTable();
            loaded.Add(await _store.LoadAsync(FirstDay, cancellationToken).ConfigureAwait(false));
            lock (_gate)
                _stored = loaded;
        }
        finally
        {
            _storing.Release();
        }
    }

    /// <summary>Reads what all servers have stored of some keys today.</summary>
    internal async Task RefreshAsync(IReadOnlyCollection<string> keyIds, CancellationToken cancellationToken)
    {
        // As above.
        await _storing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var today = Today;
            var found = await _store.FindAsync(today, keyIds, cancellationToken).ConfigureAwait(false);
            lock (_gate)
                _stored.Replace(today, keyIds, found);
        }
        finally
        {
            _storing.Release();
        }
    }

    /// <summary>Adds everything to the store now.</summary>
    internal async Task StoreAsync(CancellationToken cancellationToken)
    {
        await _storing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (NextBatch() is { } batch)
            {
                await _store.AddAsync(batch, cancellationToken).ConfigureAwait(false);
                lock (_gate)
                {
                    _stored.Add(batch.Sums);
                    (_sending, _batch) = (new UsageTable(), null);
                }
            }
            if (FirstDay is var first && _firstStored != first)
            {
                await _store.DeleteBeforeAsync(first, cancellationToken).ConfigureAwait(false);
                _firstStored = first;
                lock (_gate)
                    _stored.DropBefore(first);
            }
        }
        finally
        {
            _storing.Release();
        }
    }

    /// <summary>Adds everything to the store at the end of the server; what fails is logged.</summary>
    internal async Task StoreAtEndAsync(CancellationToken cancellationToken)
    {
        try
        {
            await StoreAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A host may be stopped twice.
            if (!Interlocked.Exchange(ref _isLost, true))
                Log.Lost(_logger, e.Message);
        }
    }

    internal void AddSession(string keyId, bool resumed) => Add(new DayUsage(Today, keyId) { Sessions = resumed ? 0 : 1, Resumes = resumed ? 1 : 0 });

    internal void AddTime(string keyId, TimeSpan time) => Add(new DayUsage(Today, keyId) { Milliseconds = (long)time.TotalMilliseconds });

    internal void AddClose(string keyId, int code, string cause)
    {
        lock (_gate)
        {
            Wait();
            _waiting.Add(new DayCloses(Today, keyId, CloseCodes.Bounded(code), cause, 1));
            Arm(StoreDelay);
        }
    }

    /// <summary>The usage of a key today.</summary>
    internal DayUsage UsageToday(string keyId)
    {
        var today = Today;
        var usage = new DayUsage(today, keyId);
        lock (_gate)
        {
            foreach (var table in (ReadOnlySpan<UsageTable>)[_stored, _sending, _waiting])
            {
                if (table.Find(today, keyId) is { } more)
                    usage = usage.Plus(more);
            }
        }
        return usage;
    }

    /// <summary>Whether a key has daily minutes or tokens.</summary>
    internal static bool HasQuota(VirtualKey key) => key.Limits is not { MinutesPerDay: null, TokensPerDay: null };

    /// <summary>Whether a key has reached its daily minutes or tokens.</summary>
    internal bool IsOverQuota(VirtualKey key)
    {
        if (!HasQuota(key))
            return false;
        var today = UsageToday(key.Id);
        return today.Milliseconds >= key.Limits.MinutesPerDay * 60_000L || today.PromptTokens + today.ResponseTokens >= key.Limits.TokensPerDay;
    }

    /// <summary>The last days, newest first, then by key.</summary>
    internal UsageSums Sums()
    {
        var all = new UsageTable();
        lock (_gate)
        {
            foreach (var table in (ReadOnlySpan<UsageTable>)[_stored, _sending, _waiting])
                all.Add(table.ToSums());
        }
        all.DropBefore(FirstDay);
        return new UsageSums(
            [.. all.Usage.OrderByDescending(static day => day.Day).ThenBy(static day => day.KeyId, StringComparer.Ordinal)],
            [.. all.Closes.OrderByDescending(static day => day.Day).ThenBy(static day => day.KeyId, StringComparer.Ordinal).ThenBy(static day => day.Code)]);
    }

    private void Add(DayUsage more)
    {
        lock (_gate)
        {
            Wait();
            _waiting.Add(more);
            Arm(StoreDelay);
        }
    }

    // With _gate held.
    private void Wait()
    {
        if (_waiting.IsEmpty)
            _waitingSince = _time.GetTimestamp();
    }

    private void Arm(TimeSpan delay)
    {
        if (_isArmed)
            return;
        _isArmed = true;
        _timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The batch that failed last, or a new one; null if there is nothing to store.</summary>
    private UsageBatch? NextBatch()
    {
        lock (_gate)
        {
            if (_batch is null && !_waiting.IsEmpty)
            {
                (_sending, _waiting, _sendingSince) = (_waiting, new UsageTable(), _waitingSince);
                _batch = new UsageBatch(_writerId, ++_sequence, _sending.ToSums());
            }
            return _batch;
        }
    }

    private async Task StoreInBackgroundAsync()
    {
        var isFailing = false;
        try
        {
            await StoreAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        catch (Exception e)
        {
            isFailing = true;
            // Once, until the store works again. It has logged what it throws itself, and nothing is lost.
            if (!_isFailing && e is not StorageException)
                Log.NotStored(_logger, e);
        }
        _isFailing = isFailing;
        lock (_gate)
        {
            _isArmed = false;
            if (isFailing || !_waiting.IsEmpty)
                Arm(isFailing ? RetryDelay : StoreDelay);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.UsageNotStored, LogLevel.Error, "Usage not stored; repeated until the store takes it")]
        public static partial void NotStored(ILogger logger, Exception exception);

        [LoggerMessage(EventIds.UsageLost, LogLevel.Error, "Usage lost: the store did not take it before the server ended, {Reason}")]
        public static partial void Lost(ILogger logger, string reason);
    }
}
