using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Synthesis;

namespace Parley.Speech.Tests;

/// <summary>Voices that speak each phoneme as a tone: the tests read from the audio what the network was given.</summary>
public sealed class PiperSynthesizerTests : IDisposable
{
    private static readonly SpeechVoice Voice = new() { Name = "anybody" };

    private readonly TinyVoices _voices = new();
    private readonly List<IDisposable> _engines = [];

    public PiperSynthesizerTests() => Assert.SkipUnless(
        EspeakSynthesizer.TryCreate(null, null, out _, out var problem), $"{problem}. Install the Debian package espeak-ng to run this test.");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _engines.ForEach(static engine => engine.Dispose());
        _voices.Dispose();
    }

    [Theory]
    [InlineData(EngineIsolation.Process)]
    [InlineData(EngineIsolation.InProcess)]
    public async Task The_network_gets_the_published_numbers(EngineIsolation isolation)
    {
        var piper = Create(new() { Model = _voices.Piper() }, isolation);
        var samples = await piper.CollectAsync("Test 1.", Voice);
        Assert.Equal([1, 0, 32, 0, 120, 0, 61, 0, 31, 0, 32, 0, 3, 0, 35, 0, 120, 0, 102, 0, 26, 0, 10, 0, 2], TinyVoices.Read(samples));
        Assert.Equal(isolation == EngineIsolation.Process ? 1 : 0, piper.ProcessIds.Count);
    }

    [Fact]
    public async Task Audio_of_another_rate_is_resampled()
    {
        var piper = Create(new() { Model = _voices.Piper(rateHz: 16_000) });
        var samples = await piper.CollectAsync("Test 1.", Voice);
        Assert.InRange(samples.Length, 25 * TinyVoices.Hop * 3 / 2, (25 * TinyVoices.Hop * 3 / 2) + 960);
    }

    [Fact]
    public async Task Stretch_makes_speech_longer()
    {
        var piper = Create(new() { Model = _voices.Piper() });
        var plain = (await piper.CollectAsync("This is a sentence.", Voice)).Length;
        Assert.InRange((double)(await piper.CollectAsync("This is a sentence.", Voice with { Stretch = 1.5f })).Length / plain, 1.4, 1.6);
    }

    [Fact]
    public async Task Names_select_speakers_and_voices()
    {
        var options = new PiperOptions { Model = _voices.Piper("en_US-many-low", speakers: 3), Speaker = "p1" };
        options.Voices["Kore"] = "#p2";
        options.Voices["Puck"] = _voices.Piper("en_US-other-low");
        options.Voices["Leda"] = options.Model + "#0";
        var piper = Create(options, EngineIsolation.Process);
        Assert.Equal(2, piper.ProcessIds.Count);

        // A speaker an octave higher has twice the tone: (id + 4) * 2 - 4.
        Assert.Equal(2 * (1 + 4) - 4, await FirstAsync("anybody"));
        Assert.Equal(4 * (1 + 4) - 4, await FirstAsync("Kore"));
        Assert.Equal(1, await FirstAsync("Puck"));
        Assert.Equal(1, await FirstAsync("Leda"));

        async Task<int> FirstAsync(string name) => TinyVoices.Read(await piper.CollectAsync("Yes.", Voice with { Name = name }))[0];
    }

    [Fact]
    public async Task A_long_sentence_begins_with_its_first_clause()
    {
        var piper = Create(new() { Model = _voices.Piper() });
        var ids = TinyVoices.Read(await piper.CollectAsync("Well, my friend, this sentence goes on and on until nobody knows how it began.", Voice));
        Assert.Equal([1, 1], ids.Where(static id => id == 1)); // Two parts, each with its own begin and end.
        Assert.Equal(2, ids.Count(static id => id == 2));
        Assert.Equal(8, ids[Array.IndexOf(ids, 2) - 4]); // The first part ends with a comma and a space.
    }

    [Fact]
    public async Task Sentences_are_apart()
    {
        var piper = Create(new() { Model = _voices.Piper() });
        var one = (await piper.CollectAsync("Yes.", Voice)).Length;
        Assert.InRange((await piper.CollectAsync("Yes. Yes.", Voice)).Length, (2 * one) + 4_800 - 960, (2 * one) + 4_800 + 960);
    }

    [Fact]
    public async Task Sessions_share_one_network()
    {
        var piper = Create(new() { Model = _voices.Piper() }, EngineIsolation.Process);
        var alone = TinyVoices.Read(await piper.CollectAsync("One two.", Voice));
        var together = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => piper.CollectAsync("One two.", Voice)));
        Assert.All(together, samples => Assert.Equal(alone, TinyVoices.Read(samples)));
        Assert.Single(piper.ProcessIds);
    }

    [Fact]
    public async Task Quiet_and_loud_voices_are_equally_loud()
    {
        foreach (var amplitude in (float[])[0.05f, 0.9f])
        {
            var piper = Create(new() { Model = _voices.Piper(amplitude: amplitude) });
            Assert.Equal(SpeechLoudness.Target, SpeechLoudness.Of(await piper.CollectAsync("This is a sentence.", Voice), 24_000), 1.0);
        }
    }

    [Fact]
    public async Task Cancelling_ends_the_stream_and_leaves_the_network_free()
    {
        var piper = Create(new() { Model = _voices.Piper() });
        for (var i = 0; i < 5; i++)
        {
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (var chunk in piper.SpeakAsync(string.Concat(Enumerable.Repeat("This goes on and on. ", 50)), Voice, cancellation.Token))
                    await cancellation.CancelAsync();
            });
        }
        Assert.NotEmpty(await piper.CollectAsync("Still here.", Voice));
        Assert.StartsWith("0 voices replaced", piper.Status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_killed_in_mid_sentence_is_inaudible()
    {
        const string text = "This sentence has several clauses, and each of them is long enough, so that the worker can die between them. And it has another one.";
        var piper = Create(new() { Model = _voices.Piper() }, EngineIsolation.Process);
        var expected = TinyVoices.Read(await piper.CollectAsync(text, Voice));
        var worker = Assert.Single(piper.ProcessIds);

        var samples = new List<short>();
        await foreach (var chunk in piper.SpeakAsync(text, Voice, Cancellation))
        {
            if (samples.Count == 0)
                await WorkerProcessTests.SignalAsync("KILL", worker);
            samples.AddRange(Pcm.ToSamples(chunk.Span));
        }
        Assert.Equal(expected, TinyVoices.Read([.. samples]));
        Assert.NotEmpty(await piper.CollectAsync("Still here.", Voice));
        Assert.NotEqual(worker, Assert.Single(piper.ProcessIds));
    }

    [Fact]
    public async Task A_voice_that_cannot_be_started_again_is_replaced_by_the_fallback()
    {
        var path = _voices.Piper();
        var piper = Create(new() { Model = path }, EngineIsolation.Process);
        using var both = new FallbackSynthesizer(piper, new ToneSynthesizer(), TimeSpan.FromSeconds(10), new FakeTimeProvider());
        File.WriteAllText(path, "no longer a network");
        await WorkerProcessTests.SignalAsync("KILL", Assert.Single(piper.ProcessIds));
        Assert.Equal("hello", ToneCode.Decode(await both.CollectAsync("Hello", Voice)));
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("no network")]
    [InlineData("empty")]
    [InlineData("kokoro")]
    public void A_file_that_is_no_voice_is_an_error_at_the_start(string what)
    {
        var path = _voices.Piper();
        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, what switch
        {
            "truncated" => whole[..(whole.Length / 2)],
            "no network" => [.. Enumerable.Range(0, 5_000).Select(static i => (byte)(i * 7))],
            "empty" => [],
            _ => TinyVoices.KokoroNetwork(),
        });
        var failure = Assert.Throws<InvalidOperationException>(() => Create(new() { Model = path }));
        Assert.Contains("cannot be used as a voice of piper", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_beyond_the_network_fail_the_text_and_nothing_else()
    {
        var piper = Create(new() { Model = _voices.Piper(change: static json => json["phoneme_id_map"]!["ɛ"] = new System.Text.Json.Nodes.JsonArray(60_000)) });
        var failure = await Assert.ThrowsAsync<SpeechEngineException>(() => piper.CollectAsync("Test.", Voice));
        Assert.Contains("refused a clause", failure.Message, StringComparison.Ordinal);
        Assert.NotEmpty(await piper.CollectAsync("Moon.", Voice));
        Assert.StartsWith("0 voices replaced", piper.Status, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_gives_far_too_much_audio_is_refused()
    {
        var path = _voices.Piper(change: static json => json["inference"]!["length_scale"] = 10);
        File.WriteAllBytes(path, TinyVoices.PiperNetwork(1, hop: 1_000_000));
        Assert.Contains("samples for one clause", Assert.Throws<InvalidOperationException>(() => Create(new() { Model = path })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_speaker_that_does_not_exist_is_an_error_at_the_start()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => Create(new() { Model = _voices.Piper(speakers: 2), Speaker = "nobody" }));
        Assert.Contains("has no speaker \"nobody\". It has 2: p0, p1.", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Speaking.HostileTexts), MemberType = typeof(Speaking))]
    public async Task Hostile_text_neither_crashes_nor_hangs(string what, string text)
    {
        Assert.NotEmpty(what);
        var piper = Create(new() { Model = _voices.Piper() });
        await piper.CollectAsync(text[..Math.Min(text.Length, 2_000)], Voice);
        Assert.NotEmpty(await piper.CollectAsync("Still here.", Voice));
    }

    [Fact]
    public async Task Random_text_never_crashes_the_server()
    {
        var piper = Create(new() { Model = _voices.Piper() });
        var random = new Random(7);
        for (var i = 0; i < 60; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => random.Next(3) == 0 ? " " : char.ConvertFromUtf32(random.Next(2) == 0 ? random.Next(0x20, 0x600) : random.Next(0xE000, 0x30000))));
            try
            {
                await piper.CollectAsync(text, Voice with { Language = i % 2 == 0 ? "en-US" : "" });
            }
            catch (SpeechEngineException)
            {
                // espeak-ng crashed; the next text gets another one.
            }
        }
        Assert.NotEmpty(await piper.CollectAsync("Still here.", Voice));
    }

    [Fact]
    public async Task A_disposed_synthesizer_fails()
    {
        var piper = Create(new() { Model = _voices.Piper() });
        piper.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => piper.CollectAsync("Hello.", Voice));
    }

    [Fact]
    public void A_voice_is_the_same_in_any_region_of_its_language()
    {
        var piper = Create(new() { Model = _voices.Piper() });
        Assert.True(piper.Speaks("en-GB"));
        Assert.False(piper.Speaks("de-DE"));
    }

    // On a thread of this process, which starts sooner, unless a test ends the worker.
    private PiperSynthesizer Create(PiperOptions options, EngineIsolation isolation = EngineIsolation.InProcess)
    {
        options.Isolation = isolation;
        // Fake time: nothing times out on a busy machine.
        var piper = PiperSynthesizer.Create(options, timeProvider: new FakeTimeProvider());
        _engines.Add(piper);
        return piper;
    }
}
