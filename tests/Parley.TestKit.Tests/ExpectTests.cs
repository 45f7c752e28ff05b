
namespace Parley.TestKit.Tests;

public sealed class ExpectTests
{
    private readonly CancellationToken _cancellationToken = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Time_out_names_what_was_expected()
    {
        var never = new TaskCompletionSource().Task;

        var thrown = await Assert.ThrowsAsync<ExpectationException>(
            () => Expect.WithinAsync(never, "the second turnComplete", TimeSpan.Zero, _cancellationToken));

        Assert.Equal("Expected within 0 s: the second turnComplete.", thrown.Message);
    }

    [Fact]
    public async Task TimeoutException_of_the_task_itself_is_not_replaced() => await Assert.ThrowsAsync<TimeoutException>(
        () => Expect.WithinAsync(Task.FromException(new TimeoutException()), "anything", _cancellationToken));

    [Fact]
    public async Task Result_of_the_task_is_returned() =>
        Assert.Equal(7, await Expect.WithinAsync(Task.FromResult(7), "seven", _cancellationToken));

    [Fact]
    public async Task Sync_point_holds_the_code_until_it_is_released()
    {
        var point = new SyncPoint("the write");
        var code = point.PassAsync(_cancellationToken);

        await point.ReachedAsync(_cancellationToken);

        Assert.False(code.IsCompleted);
        point.Release();
        await code;
        await point.PassAsync(_cancellationToken);
    }
}
