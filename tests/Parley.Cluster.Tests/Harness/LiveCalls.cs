namespace Parley.Cluster.Tests.Harness;

/// <summary>Many calls at once, of which a few speak at the same time. Half of them are relayed.</summary>
internal sealed class LiveCalls : IAsyncDisposable
{
    private readonly SemaphoreSlim _speaking = new(Sizes.AtOnce);
    private readonly List<LiveCall> _calls = [];
    private int _turns;

    public IReadOnlyList<LiveCall> All => _calls;

    public Figures Figures { get; } = new();

    /// <summary>Turns of all calls so far.</summary>
    public int Turns => Volatile.Read(ref _turns);

    /// <summary>Opens them; each has had a turn, and can be resumed.</summary>
    public static async Task<LiveCalls> OpenAsync(LiveCluster cluster, int number, string key = LiveCluster.Key)
    {
        var calls = new LiveCalls();
        try
        {
            foreach (var some in Enumerable.Range(0, number).Chunk(Sizes.AtOnce))
                calls._calls.AddRange(await Task.WhenAll(some.Select(i => LiveCall.OpenAsync(cluster, i, calls.Figures, key))));
            await calls.AskAsync();
            foreach (var call in calls._calls)
                await call.ResumableAsync();
            return calls;
        }
        catch
        {
            await calls.DisposeAsync();
            throw;
        }
    }

    /// <summary>All calls have some more turns.</summary>
    public Task AskAsync(int turns = 1) => Task.WhenAll(_calls.Select(async call =>
    {
        for (var i = 0; i < turns; i++)
            await AskAsync(call);
    }));

    /// <summary>All calls have more turns, one after the other, until something is done.</summary>
    public async Task AskUntilAsync(Task done)
    {
        await Task.WhenAll(_calls.Select(async call =>
        {
            while (!done.IsCompleted)
                await AskAsync(call);
        }));
        await done;
    }

    public void Check()
    {
        foreach (var call in _calls)
            call.Check();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_calls.Select(static call => call.DisposeAsync().AsTask()));
        _speaking.Dispose();
    }

    private async Task AskAsync(LiveCall call)
    {
        await _speaking.WaitAsync();
        try
        {
            await call.AskAsync();
            Interlocked.Increment(ref _turns);
        }
        finally
        {
            _speaking.Release();
        }
    }
}
