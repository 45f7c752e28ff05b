using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Recognition;

namespace Parley.Speech.Tests.Recognition;

public sealed class DecodingOrderTests
{
    [Fact]
    public async Task A_final_transcript_comes_before_partial_ones_that_wait_longer()
    {
        using var pool = new DecoderPool(1, () => throw new InvalidOperationException("No decoder."), new FakeTimeProvider(), _ => { }, _ => { });
        await using var speaking = new PooledRecognition(pool, new RecognitionRequest(), new FakeTimeProvider());
        await using var finished = new PooledRecognition(pool, new RecognitionRequest(), new FakeTimeProvider());
        _ = finished.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.Equal(0, speaking.Urgency);
        Assert.Equal(2, finished.Urgency);

        var order = new DecodingOrder(1);
        var went = new System.Collections.Concurrent.ConcurrentQueue<string>();
        order.Enter(new DecodingOrder.Place(), speaking);
        var waiting = Enter("partial", speaking);
        var urgent = Enter("final", finished);
        order.Leave();
        await Task.WhenAll(waiting, urgent);
        Assert.Equal(["final", "partial"], went);

        Task Enter(string name, PooledRecognition utterance)
        {
            var before = order.Waiting;
            var task = Task.Factory.StartNew(
                () =>
                {
                    order.Enter(new DecodingOrder.Place(), utterance);
                    went.Enqueue(name);
                    order.Leave();
                },
                TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            SpinWait.SpinUntil(() => order.Waiting > before);
            return task;
        }
    }

    [Fact]
    public async Task A_decoder_that_hangs_does_not_stop_the_others()
    {
        using var pool = new DecoderPool(1, () => throw new InvalidOperationException("No decoder."), new FakeTimeProvider(), _ => { }, _ => { });
        await using var utterance = new PooledRecognition(pool, new RecognitionRequest(), new FakeTimeProvider());
        var order = new DecodingOrder(1);
        order.Enter(new DecodingOrder.Place(), utterance);
        order.Enter(new DecodingOrder.Place(), utterance);
        order.Leave();
        order.Leave();
        Assert.Equal(0, order.Working);
    }
}
