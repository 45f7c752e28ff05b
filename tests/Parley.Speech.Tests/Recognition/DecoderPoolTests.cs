using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Recognition;
using Parley.Speech.Worker.Recognition;

namespace Parley.Speech.Tests;

/// <summary>The pool with decoders that return the number of samples, or fail.</summary>
public sealed class DecoderPoolTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_decoder_that_cannot_be_started_does_not_take_all_the_work()
    {
        using var pool = Create(2, () => Thread.CurrentThread.Name == "Parley recognizer 1" ? throw new InvalidOperationException("No model.") : new Counting());
        var failed = 0;
        for (var i = 0; i < 12; i++)
        {
            try
            {
                Assert.Equal("1600", await RecognizeAsync(pool));
            }
            catch (SpeechEngineException)
            {
                failed++;
            }
        }

        Assert.InRange(failed, 0, 2);
    }

    [Fact]
    public async Task An_utterance_is_tried_twice_and_no_more()
    {
        var tries = 0;
        using var pool = Create(1, () => new Counting { Finishing = () => throw new InvalidOperationException($"Broke {++tries} times.") });
        var failure = await Assert.ThrowsAsync<SpeechEngineException>(() => RecognizeAsync(pool));
        Assert.Contains("Broke 2 times.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, pool.Counts.Restarts);
    }

    [Fact]
    public async Task One_decoder_more_than_is_in_use_is_kept_loaded()
    {
        var started = new SemaphoreSlim(0);
        var open = new TaskCompletionSource();
        using var pool = Create(3, () =>
        {
            started.Release();
            return new Counting { Accepting = () => open.TrySetResult() };
        });
        await started.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, started.CurrentCount);

        await using var recognition = new PooledRecognition(pool, new RecognitionRequest(), _time);
        recognition.Accept(Signals.Silence(100));
        await open.Task.WaitAsync(TestContext.Current.CancellationToken);
        await started.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("1600", (await recognition.FinishAsync(TestContext.Current.CancellationToken)).Text);
        Assert.Equal(0, started.CurrentCount);
    }

    [Fact]
    public async Task An_exception_of_a_listener_does_not_restart_the_decoder()
    {
        using var pool = Create(1, () => new Counting { Partial = "words" });
        await using var recognition = new PooledRecognition(pool, new RecognitionRequest { Partial = _ => throw new NotSupportedException("Mine.") }, _time);
        recognition.Accept(Signals.Silence(100));
        Assert.Equal("Mine.", (await Assert.ThrowsAsync<NotSupportedException>(async () => await recognition.FinishAsync(TestContext.Current.CancellationToken))).Message);
        Assert.Equal("1600", await RecognizeAsync(pool));
        Assert.Equal(0, pool.Counts.Restarts);
    }

    [Fact]
    public async Task Audio_beyond_five_minutes_is_ignored()
    {
        using var pool = Create(1, () => new Counting());
        await using var recognition = new PooledRecognition(pool, new RecognitionRequest(), _time);
        for (var i = 0; i < 301; i++)
            recognition.Accept(new short[16_000]);
        Assert.Equal($"{300 * 16_000}", (await recognition.FinishAsync(TestContext.Current.CancellationToken)).Text);
    }

    [Fact]
    public async Task A_peek_hears_all_audio_so_far_and_the_utterance_continues()
    {
        using var pool = Create(1, () => new Counting());
        await using var recognition = new PooledRecognition(pool, new RecognitionRequest(), _time);
        Assert.Null(await recognition.PeekAsync(TestContext.Current.CancellationToken));
        recognition.Accept(new short[100]);
        Assert.Equal("100 so far", (await recognition.PeekAsync(TestContext.Current.CancellationToken))!.Text);
        recognition.Accept(new short[2_000]);
        Assert.Equal("2100 so far", (await recognition.PeekAsync(TestContext.Current.CancellationToken))!.Text);
        Assert.Equal("2100", (await recognition.FinishAsync(TestContext.Current.CancellationToken)).Text);
        Assert.Null(await recognition.PeekAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_peek_that_waits_for_a_decoder_ends_with_the_utterance()
    {
        var held = new SemaphoreSlim(0);
        using var pool = Create(1, () => new Counting { Accepting = () => held.Wait(TestContext.Current.CancellationToken) });
        await using var recognition = new PooledRecognition(pool, new RecognitionRequest(), _time);
        recognition.Accept(new short[640]);
        var peek = recognition.PeekAsync(TestContext.Current.CancellationToken);
        var final = recognition.FinishAsync(TestContext.Current.CancellationToken);
        Assert.Null(await peek);
        held.Release(10);
        Assert.Equal("640", (await final).Text);
    }

    private static DecoderPool Create(int max, Func<IDecoder> start, TimeProvider? time = null) =>
        new(max, start, time ?? new FakeTimeProvider(), _ => { }, _ => { });

    private async Task<string> RecognizeAsync(DecoderPool pool)
    {
        await using var recognition = new PooledRecognition(pool, new RecognitionRequest(), _time);
        recognition.Accept(Signals.Silence(100));
        return (await recognition.FinishAsync(TestContext.Current.CancellationToken)).Text;
    }

    private sealed class Counting : IDecoder
    {
        private int _heard;

        public Action? Accepting { get; init; }

        public string Partial { get; init; } = "";

        public Action? Finishing { get; init; }

        public IReadOnlyList<string> Begin(IReadOnlyList<string> phrases, ReadOnlySpan<float> speaker)
        {
            _heard = 0;
            return [];
        }

        public string Accept(ReadOnlySpan<short> samples)
        {
            Accepting?.Invoke();
            _heard += samples.Length;
            return Partial;
        }

        public string Peek() => $"{_heard} so far";

        public Decoded Finish()
        {
            Finishing?.Invoke();
            return new Decoded($"{_heard}", []);
        }

        public void Dispose()
        {
        }
    }
}
