using Parley.TestKit;

namespace Parley.Protocol.Tests.TestKit;

public sealed class FrameLogTests
{
    private readonly CancellationToken cancellationToken = TestContext.Current.CancellationToken;
    private readonly FrameLog<int> log = new();

    [Fact]
    public async Task First_takes_what_is_here_already()
    {
        log.Add(1);
        log.Add(2);

        Assert.Equal(2, await log.FirstAsync(frame => frame > 1, "a frame over 1", cancellationToken));
    }

    [Fact]
    public async Task Next_is_armed_by_the_call_and_ignores_what_is_here_already()
    {
        log.Add(2);
        var next = log.NextAsync(frame => frame > 1, "a frame over 1", cancellationToken);
        log.Add(1);
        Assert.False(next.IsCompleted);

        log.Add(3);
        log.Add(4);

        Assert.Equal(3, await next);
        Assert.Equal([2, 1, 3, 4], log.Snapshot);
    }

    [Fact]
    public async Task The_end_fails_waits_before_and_after_it()
    {
        var before = log.FirstAsync(_ => true, "the first frame", cancellationToken);

        log.Complete(new IOException("cut"));

        var thrown = await Assert.ThrowsAsync<ExpectationException>(() => before);
        Assert.Equal("Expected the first frame, but nothing comes any more after 0 frames: cut", thrown.Message);
        await Assert.ThrowsAsync<ExpectationException>(() => log.NextAsync(_ => true, "another", cancellationToken));
    }

    [Fact]
    public async Task A_predicate_that_throws_fails_its_own_wait_only()
    {
        var bad = log.NextAsync(_ => throw new FormatException(), "a frame", cancellationToken);
        var good = log.NextAsync(_ => true, "a frame", cancellationToken);

        log.Add(1);

        await Assert.ThrowsAsync<FormatException>(() => bad);
        Assert.Equal(1, await good);
    }

    [Fact]
    public async Task A_cancelled_wait_ends()
    {
        using var source = new CancellationTokenSource();
        var wait = log.NextAsync(_ => true, "a frame", source.Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }
}
