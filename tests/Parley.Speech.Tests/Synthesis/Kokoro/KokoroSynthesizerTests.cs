using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Synthesis.Kokoro;

namespace Parley.Speech.Tests;

public sealed class KokoroSynthesizerTests : IDisposable
{
    private static readonly SpeechVoice Voice = new() { Name = "anybody", Gender = VoiceGender.Female };

    private readonly TinyVoices _voices = new();
    private readonly List<IDisposable> _engines = [];

    public KokoroSynthesizerTests() => Assert.SkipUnless(
        EspeakSynthesizer.TryCreate(null, null, out _, out var problem), $"{problem}. Install the Debian package espeak-ng to run this test.");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _engines.ForEach(static engine => engine.Dispose());
        _voices.Dispose();
    }

    [Fact]
    public async Task The_network_gets_symbols_between_two_edges()
    {
        var kokoro = Create(new() { Model = _voices.Kokoro("af_heart") });
        var samples = await kokoro.CollectAsync("Hello.", Voice);
        Assert.Equal([0, 50, 83, 54, 156, 57, 135, 4, 0], TinyVoices.Read(samples));
    }

    [Fact]
    public async Task Stretch_makes_speech_longer()
    {
        var kokoro = Create(new() { Model = _voices.Kokoro("af_heart") });
        var plain = (await kokoro.CollectAsync("This is a sentence.", Voice)).Length;
        Assert.InRange((double)(await kokoro.CollectAsync("This is a sentence.", Voice with { Stretch = 1.5f })).Length / plain, 1.4, 1.6);
    }

    [Fact]
    public async Task A_worker_killed_in_mid_sentence_is_inaudible()
    {
        var kokoro = Create(new() { Model = _voices.Kokoro("af_heart") }, EngineIsolation.Process);
        const string text = "This sentence is the first one. This sentence is the second one. And this sentence is the last one.";
        var expected = TinyVoices.Read(await kokoro.CollectAsync(text, Voice));
        var worker = kokoro.ProcessId;
        var samples = new List<short>();
        await foreach (var chunk in kokoro.SpeakAsync(text, Voice, Cancellation))
        {
            if (samples.Count == 0)
                await WorkerProcessTests.SignalAsync("KILL", worker);
            samples.AddRange(Pcm.ToSamples(chunk.Span));
        }
        Assert.Equal(expected, TinyVoices.Read([.. samples]));
    }

    [Fact]
    public async Task Text_beyond_510_symbols_is_spoken_in_full()
    {
        var kokoro = Create(new() { Model = _voices.Kokoro("af_heart") });
        var text = string.Concat(Enumerable.Repeat("one two three four five six seven ", 40));
        var ids = TinyVoices.Read(await kokoro.CollectAsync(text, Voice));
        Assert.Equal(40, ids.Count(static id => id == 119)); // "three" alone has a θ.
    }

    [Theory]
    [MemberData(nameof(Speaking.HostileTexts), MemberType = typeof(Speaking))]
    public async Task Hostile_text_neither_crashes_nor_hangs(string what, string text)
    {
        Assert.NotEmpty(what);
        var kokoro = Create(new() { Model = _voices.Kokoro("af_heart") });
        await kokoro.CollectAsync(text[..Math.Min(text.Length, 2_000)], Voice);
        Assert.NotEmpty(await kokoro.CollectAsync("Still here.", Voice));
    }

    [Theory]
    [InlineData("Kore", "en-US", "", "af_kore")] // called like it
    [InlineData("Puck", "en-US", "", "am_puck")]
    [InlineData("Kore", "en-GB", "", "bf_emma")] // the region first, then the gender
    [InlineData("Puck", "en-US", "bf_emma", "bf_emma")] // configured
    [InlineData("Puck", "fr-FR", "bf_emma", "ff_siwis")] // which does not speak French
    [InlineData("Puck", "", "bf_emma", "bf_emma")]
    [InlineData("Orus", "en-AU", "", "am_puck")]
    public void Names_have_stable_voices(string name, string language, string configured, string voice)
    {
        var cast = new KokoroCast(["af_heart", "af_kore", "am_adam", "am_puck", "bf_emma", "ff_siwis", "jf_alpha"]);
        Assert.True(VoiceCatalog.TryGet(name, out var known));
        var chosen = cast.Choose(known with { Language = language }, configured);
        Assert.Equal(voice, chosen);
        Assert.DoesNotContain("jf_alpha", cast.Names);
    }

    [Fact]
    public void The_style_depends_on_the_number_of_symbols()
    {
        var styles = KokoroStyles.Find(_voices.Kokoro("af_heart", "am_adam"));
        Assert.Equal(["af_heart", "am_adam"], styles.Names);
        Assert.Equal((2f, 6f), (styles.Row("am_adam", 7)[0], styles.Row("am_adam", 7)[1]));
        Assert.Equal(0, styles.Row("am_adam", 0)[1]);
        Assert.Equal(509, styles.Row("am_adam", 100_000)[1]);
    }

    [Fact]
    public void An_archive_of_NumPy_has_styles()
    {
        var path = _voices.Kokoro();
        WriteArchive(path, "{'descr': '<f4', 'fortran_order': False, 'shape': (510, 1, 256), }", TinyVoices.Style(3));
        var styles = KokoroStyles.Find(path);
        Assert.Equal(["af_sky"], styles.Names);
        Assert.Equal((3f, 41f), (styles.Row("af_sky", 42)[0], styles.Row("af_sky", 42)[1]));
    }

    [Theory]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (510, 1, 256), }", 510)]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (510, 1, 256), }", 510)]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (9999, 1, 256), }", 9_999)]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 1, 256), }", 0)]
    public void A_damaged_archive_is_refused(string header, int rows)
    {
        var path = _voices.Kokoro();
        WriteArchive(path, header, TinyVoices.Style(1, rows));
        Assert.Contains("af_sky", Assert.Throws<SpeechEngineException>(() => KokoroStyles.Find(path).Row("af_sky", 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_cannot_work_are_errors_at_the_start()
    {
        var path = _voices.Kokoro("af_heart");
        Assert.Contains("no voice \"af_nobody\"", Assert.Throws<InvalidOperationException>(() => Create(new() { Model = path, Voice = "af_nobody" })).Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, TinyVoices.PiperNetwork(1));
        Assert.Contains("no input \"input_ids\"", Assert.Throws<InvalidOperationException>(() => Create(new() { Model = path })).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(_voices.Folder, "kokoro", "af_heart.bin"));
        Assert.Contains("no styles", Assert.Throws<InvalidOperationException>(() => Create(new() { Model = path })).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_voices.Folder, "kokoro", "voices.bin"), "PK is no archive");
        Assert.Contains("cannot be read", Assert.Throws<InvalidOperationException>(() => Create(new() { Model = path })).Message, StringComparison.Ordinal);
    }

    private static void WriteArchive(string networkPath, string header, float[] numbers)
    {
        using var archive = ZipFile.Open(Path.Combine(Path.GetDirectoryName(networkPath)!, "voices-v1.0.bin"), ZipArchiveMode.Create);
        using var entry = archive.CreateEntry("af_sky.npy").Open();
        entry.Write([0x93, .. "NUMPY"u8, 1, 0, .. BitConverter.GetBytes((ushort)header.Length), .. Encoding.ASCII.GetBytes(header), .. numbers.SelectMany(BitConverter.GetBytes)]);
    }

    // On a thread of this process, which starts sooner, unless a test ends the worker.
    private KokoroSynthesizer Create(KokoroOptions options, EngineIsolation isolation = EngineIsolation.InProcess)
    {
        options.Isolation = isolation;
        var kokoro = KokoroSynthesizer.Create(options, timeProvider: new FakeTimeProvider());
        _engines.Add(kokoro);
        return kokoro;
    }
}
