using Parley.Speech.Whisper.Decoding;
using Parley.Speech.Whisper.Streaming;

namespace Parley.Speech.Whisper.Tests.Streaming;

public sealed class DecodeQueueTests
{
    [Fact]
    public async Task A_final_pass_takes_the_place_of_a_partial_one()
    {
        using var rig = new Rig();
        var (talking, _) = rig.Start();
        talking.Accept(Sounds.Speech(1));
        var partial = rig.Decoder.Next();

        var done = rig.StartSilently();
        done.Accept(Sounds.Speech(1));
        var finishing = done.FinishAsync(TestContext.Current.CancellationToken).AsTask();

        await partial.Cancelled.WaitAsync(TestContext.Current.CancellationToken);
        rig.Decoder.Next().Answer("Final.");
        Assert.Equal("Final.", (await finishing).Text);
        Assert.Equal(1, rig.Queue.Counts.Dropped);

        // The partial pass comes again.
        rig.Decoder.Next().Answer("Partial.");
    }

    [Fact]
    public async Task Final_passes_come_first_and_in_order()
    {
        using var rig = new Rig();
        var first = rig.StartSilently();
        first.Accept(Sounds.Speech(1));
        var finishingFirst = first.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        var running = rig.Decoder.Next();

        for (var i = 0; i < 3; i++)
            rig.Start().Recognition.Accept(Sounds.Speech(1));
        var finals = new List<Task<Transcript>>();
        for (var i = 0; i < 20; i++)
        {
            var recognition = rig.StartSilently();
            recognition.Accept(Sounds.Speech(1));
            finals.Add(recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask());
        }
        running.Answer("first");
        await finishingFirst;
        for (var i = 0; i < finals.Count; i++)
        {
            rig.Decoder.Next().Answer($"number {i}");
            Assert.Equal($"number {i}", (await finals[i]).Text);
        }
        Assert.Equal(0, rig.Decoder.Next().Request.TemperatureStep);
    }

    [Fact]
    public async Task Under_load_partial_passes_are_refused_and_final_ones_are_not()
    {
        using var rig = new Rig();
        var running = Start();
        rig.Decoder.Next();
        var others = Enumerable.Range(0, DecodeQueue.MaxWaitingPartials + 5).Select(_ => Start()).ToList();
        Assert.Equal((DecodeQueue.MaxWaitingPartials, 5, 0), rig.Queue.Counts);

        var finishing = others.ConvertAll(recognition => recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask());
        foreach (var final in finishing)
        {
            rig.Decoder.Next().Answer("Heard.");
            Assert.Equal("Heard.", (await final).Text);
        }
        await running.DisposeAsync();

        WhisperRecognition Start()
        {
            var (recognition, _) = rig.Start();
            recognition.Accept(Sounds.Speech(1));
            return recognition;
        }
    }

    [Fact]
    public async Task Slow_passes_make_partial_passes_rarer()
    {
        using var rig = new Rig();
        var (recognition, _) = rig.Start();
        recognition.Accept(Sounds.Speech(1));
        var slow = rig.Decoder.Next();
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        recognition.Accept(Sounds.Speech(2));
        slow.Answer("One");

        // Two seconds of new audio would be enough for a fast machine.
        recognition.Accept(Sounds.Speech(0.6));
        Assert.Equal(3.6, rig.Decoder.Next().Seconds, 2);
        await recognition.DisposeAsync();
    }

    [Fact]
    public async Task A_final_pass_is_decoded_once_more_by_a_new_decoder()
    {
        using var rig = new Rig();
        var replaced = Rig.Awaited();
        rig.Replacements.Enqueue(replaced);
        var recognition = rig.StartSilently();
        recognition.Accept(Sounds.Speech(1));
        var finishing = recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask();

        rig.Decoder.Next().Fail(new SpeechEngineException("It died."));
        (await replaced.Task).Next().Answer("Survived.");

        Assert.Equal("Survived.", (await finishing).Text);
        Assert.True(rig.Decoder.IsDisposed);
        Assert.Equal("It died.", Assert.Single(rig.Lost).Message);
    }

    [Fact]
    public async Task A_final_pass_that_fails_twice_fails_its_utterance_only()
    {
        using var rig = new Rig();
        var (second, third) = (Rig.Awaited(), Rig.Awaited());
        rig.Replacements.Enqueue(second);
        rig.Replacements.Enqueue(third);
        var recognition = rig.StartSilently();
        recognition.Accept(Sounds.Speech(1));
        var finishing = recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        rig.Decoder.Next().Fail(new SpeechEngineException("It died."));
        (await second.Task).Next().Fail(new InvalidOperationException("It is odd."));
        Assert.Contains("It is odd.", (await Assert.ThrowsAsync<SpeechEngineException>(() => finishing)).Message, StringComparison.Ordinal);

        var next = rig.StartSilently();
        next.Accept(Sounds.Speech(1));
        finishing = next.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        (await third.Task).Next().Answer("Fine.");
        Assert.Equal("Fine.", (await finishing).Text);
    }

    [Fact]
    public async Task A_partial_pass_that_fails_costs_a_partial_result_only()
    {
        using var rig = new Rig();
        var replaced = Rig.Awaited();
        rig.Replacements.Enqueue(replaced);
        var (recognition, _) = rig.Start();
        recognition.Accept(Sounds.Speech(1));
        rig.Decoder.Next().Fail(new SpeechEngineException("It died."));

        var finishing = recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        (await replaced.Task).Next().Answer("Heard.");
        Assert.Equal("Heard.", (await finishing).Text);
    }

    [Fact]
    public async Task An_utterance_that_ends_while_a_partial_pass_fails_gets_a_final_one()
    {
        using var rig = new Rig();
        var replaced = Rig.Awaited();
        rig.Replacements.Enqueue(replaced);
        var (recognition, _) = rig.Start();
        recognition.Accept(Sounds.Speech(1));
        var finishing = new TaskCompletionSource<Task<Transcript>>(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.WhenLost = () => finishing.TrySetResult(recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask());

        rig.Decoder.Next().Fail(new SpeechEngineException("It died."));
        (await replaced.Task).Next().Answer("Heard.");

        Assert.Equal("Heard.", (await await finishing.Task).Text);
    }

    [Fact]
    public async Task An_owner_that_throws_gets_its_exception_and_the_next_pass_is_served()
    {
        using var rig = new Rig();
        var owner = new ThrowingOwner();
        rig.Queue.Submit(new DecodeTask(owner, 0, 16_000, isCommit: false, isFinal: true));
        rig.Decoder.Next().Answer("Whatever.");
        Assert.Equal("mine", (await owner.Failure.Task.WaitAsync(TestContext.Current.CancellationToken)).Message);

        var recognition = rig.StartSilently();
        recognition.Accept(Sounds.Speech(1));
        var finishing = recognition.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        rig.Decoder.Next().Answer("Fine.");
        Assert.Equal("Fine.", (await finishing).Text);
    }

    [Fact]
    public async Task Disposal_fails_open_utterances()
    {
        var rig = new Rig();
        var (running, waiting) = (rig.StartSilently(), rig.StartSilently());
        running.Accept(Sounds.Speech(1));
        var first = running.FinishAsync(TestContext.Current.CancellationToken).AsTask();
        rig.Decoder.Next();
        waiting.Accept(Sounds.Speech(1));
        var second = waiting.FinishAsync(TestContext.Current.CancellationToken).AsTask();

        rig.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => first);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => second);
        var late = rig.StartSilently();
        late.Accept(Sounds.Speech(1));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await late.FinishAsync(TestContext.Current.CancellationToken));
    }

    private sealed class ThrowingOwner : IDecodeOwner
    {
        public TaskCompletionSource<Exception> Failure { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool TryBegin(DecodeTask task, Span<short> audio, out DecodeRequest request)
        {
            request = new DecodeRequest(0, "en", "", 512, 0, 10, 0);
            return true;
        }

        public void Completed(DecodeTask task, DecodeResult? result, Exception? failure)
        {
            if (failure is null)
                throw new InvalidOperationException("mine");
            Failure.SetResult(failure);
        }
    }
}
