using Microsoft.Extensions.Time.Testing;

namespace Parley.Speech.Tests;

public sealed class PocketSphinxRecognizerTests : IDisposable
{
    private static readonly SpeechVoice Kal = new() { Name = "kal", BaseVoice = "kal16" };

    private readonly List<IDisposable> _disposables = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _disposables.ForEach(disposable => disposable.Dispose());

    [Fact]
    public async Task Read_sentences_have_the_expected_word_error_rate() =>
        Assert.InRange(await Create().WordErrorRateAsync(Recordings.Books), 0, 0.40);

    [Fact]
    public async Task Speech_through_a_telephone_has_nearly_the_same_word_error_rate()
    {
        var recognizer = Create();
        // 0.75 without the upper half of the spectrum.
        Assert.InRange(await recognizer.WordErrorRateAsync(Recordings.Books.Select(static book => (Recordings.ThroughTelephone(book.Sound), book.Words))), 0, 0.45);
        Assert.Equal("go forward ten meters", await recognizer.RecognizeAsync(Recordings.ThroughTelephone(Recordings.GoForward), "go (forward | backward) (one | ten | twenty) meters"));
    }

    [Fact]
    public async Task Speaker_profiles_do_not_affect_each_other()
    {
        var recognizer = Create();
        var books = Recordings.Books.ToArray();
        var alone = await recognizer.RecognizeAsync(books[0].Sound);

        // A very loud speaker on the same decoder.
        var loud = new SpeakerProfile();
        var shouted = Array.ConvertAll(books[1].Sound, sample => (short)Math.Clamp(sample * 8, short.MinValue, short.MaxValue));
        for (var i = 0; i < 3; i++)
            await recognizer.RecognizeAsync(shouted, loud);

        Assert.Equal(alone, await recognizer.RecognizeAsync(books[0].Sound));
        Assert.Equal(alone, await recognizer.RecognizeAsync(books[0].Sound, new SpeakerProfile()));
        // The profile of the loud speaker is used for that speaker.
        Assert.NotEmpty(loud.Features);
        Assert.NotEqual(await recognizer.RecognizeAsync(shouted), await recognizer.RecognizeAsync(shouted, loud));
    }

    [Fact]
    public async Task Pocketsphinx_in_process_gives_the_same_transcript()
    {
        var recognizer = Create(EngineIsolation.InProcess);
        Assert.Equal("go forward ten meters", await recognizer.RecognizeAsync(Recordings.GoForward, "go (forward | backward) (one | ten | twenty) meters"));
        Assert.Empty(recognizer.ProcessIds);
    }

    [Theory]
    [InlineData(EngineIsolation.Process)]
    [InlineData(EngineIsolation.InProcess)]
    public async Task A_peek_in_a_pause_gives_the_transcript_and_the_utterance_continues(EngineIsolation isolation)
    {
        var request = new RecognitionRequest { Phrases = ["go (forward | backward) (one | ten | twenty) meters"] };
        await using var recognition = Create(isolation).Start(request);
        recognition.Accept(Recordings.GoForward);
        recognition.Accept(Signals.Silence(300));
        Assert.Equal("go forward ten meters", (await recognition.PeekAsync(Cancellation))!.Text);
        recognition.Accept(Signals.Silence(300));
        Assert.Equal("go forward ten meters", (await recognition.FinishAsync(Cancellation)).Text);
    }

    [Fact]
    public async Task Phrases_make_commands_exact()
    {
        var recognizer = Create();
        // Free decoding gets the first card wrong, so its grammar match is not accepted.
        foreach (var (sound, words) in Recordings.Cards.Skip(1))
            Assert.Equal(words, await recognizer.RecognizeAsync(sound, Recordings.CardPhrases));
        Assert.Equal("go forward ten meters", await recognizer.RecognizeAsync(Recordings.GoForward, "go (forward | backward) (one | ten | twenty) meters"));
    }

    [Fact]
    public async Task Synthetic_speech_is_recognized()
    {
        var sound = await Flite().SayAsync("turn on the lights in the kitchen", Kal);
        Assert.Equal("turn on the lights in the kitchen", await Create().RecognizeAsync(sound, "(turn | switch) (on | off) [the] lights [in the (kitchen | bedroom)]"));
    }

    [Fact]
    public async Task Speech_outside_the_phrases_is_not_forced_into_them()
    {
        var sound = await Flite().SayAsync("the quick brown fox jumps over the lazy dog", Kal);
        var text = await Create().RecognizeAsync(sound, "turn (on | off) the lights", "what time is it");
        Assert.Contains("fox", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Partial_transcripts_are_reported_during_speech()
    {
        var heard = new List<string>();
        await using var recognition = Create().Start(new RecognitionRequest { Partial = heard.Add });
        recognition.Accept(Recordings.GoForward);
        var text = (await recognition.FinishAsync(Cancellation)).Text;

        Assert.True(heard.Count > 2);
        Assert.All(heard.Zip(heard.Skip(1)), pair => Assert.NotEqual(pair.First, pair.Second));
        Assert.Contains("forward", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_killed_in_mid_sentence_does_not_change_the_transcript()
    {
        var recognizer = Create();
        var begun = new TaskCompletionSource();
        var heard = new List<string>();
        await using var recognition = recognizer.Start(new RecognitionRequest
        {
            Phrases = ["go (forward | backward) (one | ten | twenty) meters"],
            Partial = text =>
            {
                heard.Add(text);
                begun.TrySetResult();
            },
        });
        var sound = Recordings.GoForward;
        recognition.Accept(sound.AsSpan(0, sound.Length / 2));
        await begun.Task.WaitAsync(Cancellation);
        var killed = Assert.Single(recognizer.ProcessIds);
        await WorkerProcessTests.SignalAsync("KILL", killed);
        recognition.Accept(sound.AsSpan(sound.Length / 2));

        Assert.Equal("go forward ten meters", (await recognition.FinishAsync(Cancellation)).Text);
        Assert.DoesNotContain(killed, recognizer.ProcessIds);
        Assert.Contains("1 replaced", recognizer.Status, StringComparison.Ordinal);
        Assert.Equal(heard.Distinct(), heard);
    }

    [Fact]
    public async Task A_hung_worker_is_replaced()
    {
        var time = new TimerWatch();
        var recognizer = Create(time: time);
        Assert.Contains("forward", await recognizer.RecognizeAsync(Recordings.GoForward), StringComparison.Ordinal);
        var hung = Assert.Single(recognizer.ProcessIds);
        await WorkerProcessTests.SignalAsync("STOP", hung);

        // One timer for the request, one for the answer that does not come.
        var isWaiting = time.Armed(TimeSpan.FromSeconds(10), times: 2);
        var text = recognizer.RecognizeAsync(Recordings.GoForward);
        await isWaiting.WaitAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Contains("forward", await text, StringComparison.Ordinal);
        Assert.DoesNotContain(hung, recognizer.ProcessIds);
    }

    [Fact]
    public async Task More_utterances_than_decoders_are_all_recognized()
    {
        var recognizer = Create();
        const string phrase = "go (forward | backward) (one | ten | twenty) meters";
        var texts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => recognizer.RecognizeAsync(Recordings.GoForward, phrase)));
        Assert.All(texts, text => Assert.Equal("go forward ten meters", text));
    }

    [Fact]
    public async Task A_paused_utterance_releases_its_decoder_and_loses_nothing()
    {
        var time = new FakeTimeProvider();
        var recognizer = Create(time: time);
        var begun = new TaskCompletionSource();
        await using var slow = recognizer.Start(new RecognitionRequest
        {
            Phrases = ["go (forward | backward) (one | ten | twenty) meters"],
            Partial = _ => begun.TrySetResult(),
        });
        var sound = Recordings.GoForward;
        slow.Accept(sound.AsSpan(0, sound.Length / 2));
        await begun.Task.WaitAsync(Cancellation);

        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Contains("forward", await recognizer.RecognizeAsync(sound), StringComparison.Ordinal);

        slow.Accept(sound.AsSpan(sound.Length / 2));
        Assert.Equal("go forward ten meters", (await slow.FinishAsync(Cancellation)).Text);
        Assert.Contains(" 0 replaced", recognizer.Status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Abandoning_an_utterance_frees_its_decoder()
    {
        var recognizer = Create();
        for (var i = 0; i < 3; i++)
        {
            var recognition = recognizer.Start(new RecognitionRequest());
            recognition.Accept(Recordings.GoForward);
            await recognition.DisposeAsync();
        }

        await using (var cancelled = recognizer.Start(new RecognitionRequest()))
        {
            cancelled.Accept(Recordings.GoForward);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled.FinishAsync(new CancellationToken(true)));
        }
        Assert.Contains("forward", await recognizer.RecognizeAsync(Recordings.GoForward), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_and_no_audio_give_empty_transcripts()
    {
        var recognizer = Create();
        Assert.Equal("", await recognizer.RecognizeAsync([]));
        Assert.Equal("", await recognizer.RecognizeAsync(Signals.Silence(2_000), "stop"));
    }

    [Fact]
    public async Task A_disposed_recognizer_fails_open_utterances()
    {
        var recognizer = Create();
        await using var recognition = recognizer.Start(new RecognitionRequest());
        recognition.Accept(Recordings.GoForward);
        recognizer.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await recognition.FinishAsync(Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => recognizer.RecognizeAsync(Recordings.GoForward));
    }

    [Fact]
    public async Task A_finished_utterance_accepts_no_audio()
    {
        await using var recognition = Create().Start(new RecognitionRequest());
        Assert.Same(Transcript.Empty, await recognition.FinishAsync(Cancellation));
        Assert.Throws<InvalidOperationException>(() => recognition.Accept(Signals.Silence(20)));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await recognition.FinishAsync(Cancellation));
    }

    [Fact]
    public void A_missing_model_is_named()
    {
        Assert.SkipUnless(Worker.Recognition.SphinxLibrary.TryGet(out _, out var missing), missing);
        Assert.False(PocketSphinxRecognizer.TryCreate(new() { ModelDirectory = "/nowhere" }, null, null, out _, out var problem));
        Assert.Contains("/nowhere", problem, StringComparison.Ordinal);
    }

    private PocketSphinxRecognizer Create(EngineIsolation isolation = EngineIsolation.Process, TimeProvider? time = null)
    {
        if (!PocketSphinxRecognizer.TryCreate(new() { Isolation = isolation, MaxDecoders = 1 }, time ?? new FakeTimeProvider(), null, out var recognizer, out var problem))
            Assert.Skip($"{problem}. Install the Debian packages libpocketsphinx3 and pocketsphinx-en-us to run this test.");
        _disposables.Add(recognizer);
        return recognizer;
    }

    private FliteSynthesizer Flite()
    {
        if (!FliteSynthesizer.TryCreate(out var flite, out var problem))
            Assert.Skip($"{problem}. Install the Debian package libflite1 to run this test.");
        _disposables.Add(flite);
        return flite;
    }
}
