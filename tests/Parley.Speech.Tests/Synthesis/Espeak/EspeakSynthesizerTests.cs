using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Synthesis;
using Parley.Speech.Synthesis.Espeak;

namespace Parley.Speech.Tests;

public sealed class EspeakSynthesizerTests : IDisposable
{
    private readonly EspeakSynthesizer? _espeak;

    public EspeakSynthesizerTests()
    {
        if (!EspeakSynthesizer.TryCreate(null, new FakeTimeProvider(), out _espeak, out var problem))
            Assert.Skip($"{problem}. Install espeak-ng to run this test.");
    }

    private EspeakSynthesizer Espeak => _espeak!;

    private static SpeechVoice German => VoiceCatalog.Default with { Language = "de-DE" };

    public void Dispose() => _espeak?.Dispose();

    [Theory]
    [InlineData("de-DE", "Guten Tag, wie geht es Ihnen?")]
    [InlineData("fr-FR", "Bonjour, comment allez-vous?")]
    [InlineData("ja-JP", "こんにちは。お元気ですか。")]
    [InlineData("hi-IN", "आज मौसम कैसा है?")]
    [InlineData("cmn-CN", "今天天气怎么样？")]
    public async Task A_sentence_becomes_audio_of_plausible_length(string language, string text)
    {
        var samples = await Espeak.CollectAsync(text, VoiceCatalog.Default with { Language = language });
        Assert.InRange(samples.Length / 24_000.0, 0.6, 6);
        Assert.True(Signals.Rms(samples) > 500);
    }

    [Fact]
    public async Task The_same_text_gives_the_same_audio_at_24_kHz()
    {
        var first = await Espeak.CollectAsync("Guten Tag.", German);
        Assert.Equal(first, await Espeak.CollectAsync("Guten Tag.", German));
        Assert.NotEqual(first.Length, (await Espeak.CollectAsync("Guten Tag.", German with { Stretch = 1.6f })).Length);
    }

    [Fact]
    public void All_voices_of_the_catalogue_are_distinct()
    {
        var voices = VoiceCatalog.All.Select(EspeakVoices.For).ToList();
        Assert.Equal(VoiceCatalog.All.Count, voices.Distinct().Count());
        Assert.All(VoiceCatalog.All.Zip(voices), pair => Assert.StartsWith(pair.First.Gender == VoiceGender.Female ? "f" : "m", pair.Second.Variant, StringComparison.Ordinal));
        var own = new SpeechVoice { Name = "Somebody", Gender = VoiceGender.Female };
        Assert.Equal(EspeakVoices.For(own), EspeakVoices.For(own));
    }

    [Theory]
    [InlineData("de-DE", "de")]
    [InlineData("de_AT", "de")]
    [InlineData("en-GB", "en-gb")]
    [InlineData("en-AU", "en-us")]
    [InlineData("pt-BR", "pt-br")]
    [InlineData("es-US", "es-419")]
    [InlineData("fr-CA", "fr-fr")]
    [InlineData("zh-CN", "cmn")]
    [InlineData("cmn-CN", "cmn")]
    [InlineData("no", "nb")]
    [InlineData("xx-YY", null)]
    [InlineData("", null)]
    public void A_language_code_finds_its_voice(string code, string? voice) =>
        Assert.Equal(voice, EspeakVoices.Match(code, new HashSet<string> { "de", "en-gb", "en-us", "pt-br", "pt", "es", "es-419", "fr-fr", "cmn", "nb" }));

    [Theory]
    [MemberData(nameof(Speaking.HostileTexts), MemberType = typeof(Speaking))]
    public async Task Hostile_text_neither_crashes_nor_hangs(string what, string text)
    {
        Assert.NotEmpty(what);
        await Espeak.CollectAsync(text[..Math.Min(text.Length, 1_000)], German);
    }

    [Fact]
    public async Task An_unsupported_language_is_an_error() =>
        Assert.Contains("xx-YY", (await Assert.ThrowsAsync<SpeechEngineException>(() => Espeak.CollectAsync("Hello.", German with { Language = "xx-YY" }))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Cancelling_ends_the_process()
    {
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var chunk in Espeak.SpeakAsync(string.Concat(Enumerable.Repeat("Dies ist ein langer Satz, ", 7)), German, cancellation.Token))
                await cancellation.CancelAsync();
        });
    }

    [Fact]
    public async Task A_silent_program_is_killed_after_the_time_limit()
    {
        var time = new TimerWatch();
        // Lists a voice when asked, and stays silent when it should speak.
        using var program = new Script("case \"$1\" in --voices) printf 'Pty Language\\n 5 de x\\n';; *) exec sleep 1000;; esac");
        Assert.True(EspeakSynthesizer.TryCreate(new() { Program = program.Path }, time, out var silent, out _));
        using var owned = silent;
        var isWaiting = time.Armed(TimeSpan.FromSeconds(10));
        var speaking = silent.CollectAsync("Hallo.", German);
        await isWaiting.WaitAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Contains("no audio for 10 s", (await Assert.ThrowsAsync<SpeechEngineException>(() => speaking)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_crashes_is_an_error()
    {
        using var program = new Script("case \"$1\" in --voices) printf 'Pty Language\\n 5 de x\\n';; *) kill -SEGV $$;; esac");
        Assert.True(EspeakSynthesizer.TryCreate(new() { Program = program.Path }, new FakeTimeProvider(), out var crashing, out _));
        using var owned = crashing;
        await Assert.ThrowsAsync<SpeechEngineException>(() => crashing.CollectAsync("Hallo.", German));

        // ... and the next engine speaks.
        using var languages = new LanguageSynthesizer(null, crashing, timeProvider: new FakeTimeProvider());
        Assert.Contains("hallo", ToneCode.Decode(await languages.CollectAsync("Hallo", German)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_program_is_named()
    {
        Assert.False(EspeakSynthesizer.TryCreate(new() { Program = "no-such-program" }, null, out _, out var problem));
        Assert.Equal("no-such-program not found", problem);
    }

    /// <summary>A program made of a few lines of shell.</summary>
    private sealed class Script : IDisposable
    {
        public Script(string lines)
        {
            Path = System.IO.Path.GetTempFileName();
            File.WriteAllText(Path, "#!/bin/sh\n" + lines + "\n");
            using var chmod = Process.Start("chmod", ["+x", Path]);
            chmod.WaitForExit();
        }

        public string Path { get; }

        public void Dispose() => File.Delete(Path);
    }
}
