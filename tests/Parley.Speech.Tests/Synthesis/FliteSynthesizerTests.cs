using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Activity;
using Parley.Speech.Synthesis;
using Parley.Speech.Worker.Synthesis;
using Parley.Speech.Workers;

namespace Parley.Speech.Tests;

public sealed class FliteSynthesizerTests : IDisposable
{
    private readonly FliteSynthesizer? _flite;

    public FliteSynthesizerTests()
    {
        // Fake time: nothing times out on a busy machine.
        if (!FliteSynthesizer.TryCreate(null, new FakeTimeProvider(), null, out _flite, out var problem))
            Assert.Skip($"{problem}. Install the Debian package libflite1 to run this test.");
    }

    private FliteSynthesizer Flite => _flite!;

    private static SpeechVoice Kal => new() { Name = "kal", BaseVoice = "kal16" };

    public void Dispose() => _flite?.Dispose();

    [Fact]
    public async Task A_sentence_becomes_audio_of_plausible_length()
    {
        var samples = await Flite.CollectAsync("The quick brown fox jumps over the lazy dog.");
        Assert.InRange(samples.Length / 24_000.0, 1.5, 5);
        Assert.True(Signals.Rms(samples) > 500);
    }

    [Fact]
    public async Task The_diphone_voice_is_deterministic_under_load()
    {
        var alone = await Flite.CollectAsync("Seven times six is forty two.", Kal);
        var together = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Flite.CollectAsync("Seven times six is forty two.", Kal)));
        Assert.All(together, samples => Assert.Equal(alone, samples));
    }

    [Fact]
    public async Task Every_voice_of_the_catalogue_speaks()
    {
        foreach (var voice in VoiceCatalog.All)
            Assert.InRange((await Flite.CollectAsync("Hello there, my friend.", voice)).Length / 24_000.0, 0.8, 4);
    }

    [Fact]
    public async Task Stretch_makes_speech_longer_and_warp_does_not()
    {
        const string text = "This is a sentence of a certain length.";
        var plain = (await Flite.CollectAsync(text, Kal)).Length;
        Assert.InRange((double)(await Flite.CollectAsync(text, Kal with { Stretch = 1.5f })).Length / plain, 1.35, 1.6);
        Assert.InRange((double)(await Flite.CollectAsync(text, Kal with { Warp = 0.9f })).Length / plain, 0.95, 1.05);
    }

    [Fact]
    public async Task A_speaker_that_is_not_installed_is_replaced() =>
        Assert.NotEmpty(await Flite.CollectAsync("Hello.", Kal with { BaseVoice = "nobody" }));

    [Fact]
    public async Task Long_texts_are_spoken_in_full()
    {
        var one = await Flite.CollectAsync("One two three four five six seven.", Kal);
        var ten = await Flite.CollectAsync(string.Concat(Enumerable.Repeat("One two three four five six seven. ", 10)), Kal);
        Assert.InRange((double)ten.Length / one.Length, 9.5, 10.5);
    }

    [Theory]
    [MemberData(nameof(Speaking.HostileTexts), MemberType = typeof(Speaking))]
    public async Task Hostile_text_neither_crashes_nor_hangs(string what, string text)
    {
        Assert.NotEmpty(what);
        await Flite.CollectAsync(text, Kal);
        await Flite.CollectAsync(text[..Math.Min(text.Length, 400)], VoiceCatalog.Default);
    }

    [Fact]
    public async Task Cancelling_ends_the_stream_and_leaves_the_workers_free()
    {
        for (var i = 0; i < 3 * Environment.ProcessorCount; i++)
        {
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (var chunk in Flite.SpeakAsync(new string('a', 5_000), VoiceCatalog.Default, cancellation.Token))
                    await cancellation.CancelAsync();
            });
        }
        Assert.NotEmpty(await Flite.CollectAsync("Still here."));
    }

    [Fact]
    public void Flite_stops_at_the_chunk_at_which_its_listener_stops()
    {
        Assert.True(FliteLibrary.TryGet(out var library, out _));
        foreach (var speaker in (string[])["kal16", "slt"])
        {
            var listener = new ImpatientListener();
            library.Speak("This is a sentence that is much longer than its listener wants.", speaker, 1, 1, listener);
            Assert.Equal(3, listener.Calls);
        }
    }

    [Fact]
    public void A_piece_cancelled_in_the_queue_is_never_started()
    {
        Assert.True(FliteLibrary.TryGet(out var library, out _));
        using var voices = new Supervisor<ISpeaker>(() => library, TimeProvider.System);
        var utterance = new FliteUtterance("Hello.", Kal);
        utterance.Cancel();
        utterance.Run(voices);
        Assert.False(utterance.Chunks.TryRead(out _));
        Assert.True(utterance.Chunks.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Stalled_readers_do_not_block_others()
    {
        var idle = new List<IAsyncEnumerator<ReadOnlyMemory<byte>>>();
        for (var i = 0; i < 3 * Environment.ProcessorCount; i++)
        {
            var reader = Flite.SpeakAsync("This is read to the first chunk only. And this is not read at all.", Kal, TestContext.Current.CancellationToken)
                .GetAsyncEnumerator(TestContext.Current.CancellationToken);
            Assert.True(await reader.MoveNextAsync());
            idle.Add(reader);
        }

        Assert.NotEmpty(await Flite.CollectAsync("Still here.", Kal));
        foreach (var reader in idle)
            await reader.DisposeAsync();
    }

    [Fact]
    public async Task A_worker_killed_in_mid_sentence_is_inaudible()
    {
        const string text = "This sentence is long enough to be interrupted by the death of the one who speaks it, and is spoken to its end.";
        var expected = await Flite.CollectAsync(text, Kal);

        foreach (var process in Flite.ProcessIds)
            await WorkerProcessTests.SignalAsync("STOP", process);
        var speaking = Flite.CollectAsync(text, Kal);
        foreach (var process in Flite.ProcessIds)
            await WorkerProcessTests.SignalAsync("KILL", process);

        Assert.Equal(expected, await speaking);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_failed_voice_continues_where_it_was(int chunksBefore)
    {
        Assert.True(FliteLibrary.TryGet(out var library, out _));
        using var whole = new Supervisor<ISpeaker>(() => library, TimeProvider.System);
        var expected = new FliteUtterance("This is a sentence that is broken in the middle.", Kal);
        expected.Run(whole);

        var failures = new StrongBox<int>(1);
        using var broken = new Supervisor<ISpeaker>(() => new FailingSpeaker(library, chunksBefore, failures), TimeProvider.System);
        var utterance = new FliteUtterance("This is a sentence that is broken in the middle.", Kal);
        utterance.Run(broken);
        Assert.Equal(Read(expected), Read(utterance));
        Assert.Equal(1, broken.Restarts);
    }

    [Fact]
    public async Task A_voice_that_fails_twice_fails_its_reader()
    {
        Assert.True(FliteLibrary.TryGet(out var library, out _));
        var failures = new StrongBox<int>(2);
        using var broken = new Supervisor<ISpeaker>(() => new FailingSpeaker(library, 1, failures), TimeProvider.System);
        var utterance = new FliteUtterance("Hello there.", Kal);
        utterance.Run(broken);
        await Assert.ThrowsAsync<SpeechEngineException>(async () =>
        {
            await foreach (var chunk in utterance.Chunks.ReadAllAsync(TestContext.Current.CancellationToken))
                Assert.NotEqual(0, chunk.Length);
        });
    }

    [Fact]
    public async Task Flite_in_process_gives_the_same_audio()
    {
        Assert.True(FliteSynthesizer.TryCreate(new() { Isolation = EngineIsolation.InProcess }, null, null, out var inProcess, out _));
        using (inProcess)
            Assert.Equal(await Flite.CollectAsync("Seven times six.", Kal), await inProcess.CollectAsync("Seven times six.", Kal));
        Assert.Empty(inProcess.ProcessIds);
        Assert.NotEmpty(Flite.ProcessIds);
    }

    [Fact]
    public async Task A_disposed_synthesizer_throws()
    {
        Flite.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Flite.CollectAsync("Hello."));
    }

    [Fact]
    public async Task Speech_of_flite_is_one_activity()
    {
        var speech = await Flite.CollectAsync("What is seven times six?", Kal);
        var resampler = new Resampler(24_000, 16_000);
        var sound = new short[resampler.MaxOutputSamples(speech.Length)];
        var length = resampler.Process(speech, sound);

        using var segmenter = new ActivitySegmenter(new EnergyVoiceActivityDetector());
        ReadOnlySpan<short> samples = (short[])[.. Signals.Silence(500), .. sound[..length], .. Signals.Silence(1_000)];
        Assert.True(segmenter.Advance(ref samples, out var start));
        Assert.True(segmenter.Advance(ref samples, out var end));
        Assert.False(segmenter.Advance(ref samples, out _));
        Assert.InRange(start.Sample, 6_000, 12_000);
        Assert.InRange(end.Sample, 8_000 + (length / 2), 8_000 + length);
    }

    private sealed class ImpatientListener : IFliteListener
    {
        public int Calls { get; private set; }

        public bool OnAudio(ReadOnlySpan<short> samples, int sampleRateHz) => ++Calls < 3;
    }

    private static byte[] Read(FliteUtterance utterance)
    {
        var sound = new List<byte>();
        while (utterance.Chunks.TryRead(out var chunk))
            sound.AddRange(chunk.Span);
        return [.. sound];
    }

    /// <summary>Fails after some chunks, as often as it and its successors have failures left.</summary>
    private sealed class FailingSpeaker(FliteLibrary library, int chunksBefore, StrongBox<int> failures) : ISpeaker
    {
        public void Speak(string text, string baseVoice, float stretch, float pitch, IFliteListener listener)
        {
            if (failures.Value-- <= 0)
            {
                library.Speak(text, baseVoice, stretch, pitch, listener);
                return;
            }
            library.Speak(text, baseVoice, stretch, pitch, new First(listener, chunksBefore));
            throw new SpeechEngineException("It broke.");
        }

        public void Dispose()
        {
        }
    }

    private sealed class First(IFliteListener listener, int chunks) : IFliteListener
    {
        private int _left = chunks;

        public bool OnAudio(ReadOnlySpan<short> samples, int sampleRateHz) => _left-- > 0 && listener.OnAudio(samples, sampleRateHz);
    }
}
