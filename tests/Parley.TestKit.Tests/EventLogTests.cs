
namespace Parley.TestKit.Tests;

public sealed class EventLogTests
{
    private readonly CancellationToken _cancellationToken = TestContext.Current.CancellationToken;
    private readonly EventLog<int> _log = new();

    [Fact]
    public async Task First_finds_an_earlier_entry()
    {
        _log.Add(1);
        _log.Add(2);

        Assert.Equal(2, await _log.FirstAsync(frame => frame > 1, "a frame over 1", _cancellationToken));
    }

    [Fact]
    public async Task Next_is_armed_by_the_call_and_ignores_earlier_entries()
    {
        _log.Add(2);
        var next = _log.NextAsync(frame => frame > 1, "a frame over 1", _cancellationToken);
        _log.Add(1);
        Assert.False(next.IsCompleted);

        _log.Add(3);
        _log.Add(4);

        Assert.Equal(3, await next);
        Assert.Equal([2, 1, 3, 4], _log.Snapshot);
    }

    [Fact]
    public async Task Completion_fails_earlier_and_later_waits()
    {
        var before = _log.FirstAsync(_ => true, "the first frame", _cancellationToken);

        _log.Complete(new IOException("cut"));

        var thrown = await Assert.ThrowsAsync<ExpectationException>(() => before);
        Assert.Equal("Expected the first frame, but the log ended after 0 items: cut", thrown.Message);
        await Assert.ThrowsAsync<ExpectationException>(() => _log.NextAsync(_ => true, "another", _cancellationToken));
    }

    [Fact]
    public async Task Predicate_that_throws_only_fails_its_own_wait()
    {
        var bad = _log.NextAsync(_ => throw new FormatException(), "a frame", _cancellationToken);
        var good = _log.NextAsync(_ => true, "a frame", _cancellationToken);

        _log.Add(1);

        await Assert.ThrowsAsync<FormatException>(() => bad);
        Assert.Equal(1, await good);
    }

    [Fact]
    public async Task Cancelled_wait_ends()
    {
        using var source = new CancellationTokenSource();
        var wait = _log.NextAsync(_ => true, "a frame", source.Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }
}
