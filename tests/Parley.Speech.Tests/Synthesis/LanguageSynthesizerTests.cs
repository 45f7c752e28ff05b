using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Synthesis;

namespace Parley.Speech.Tests;

public sealed class LanguageSynthesizerTests
{
    [Fact]
    public async Task English_is_spoken_by_flite_and_other_languages_by_espeak()
    {
        var time = new FakeTimeProvider();
        Assert.SkipUnless(FliteSynthesizer.TryCreate(null, time, null, out var flite, out var problem), problem);
        Assert.SkipUnless(EspeakSynthesizer.TryCreate(null, time, out var espeak, out problem), problem);
        using var languages = new LanguageSynthesizer(flite, espeak, timeProvider: time);
        var kal = new SpeechVoice { Name = "kal", BaseVoice = "kal16" };

        Assert.Equal(await flite.CollectAsync("Good morning.", kal), await languages.CollectAsync("Good morning.", kal));
        Assert.Equal(await espeak.CollectAsync("Guten Morgen.", kal with { Language = "de-DE" }), await languages.CollectAsync("Guten Morgen.", kal with { Language = "de-DE" }));
        Assert.Equal(await espeak.CollectAsync("Wie ist das Wetter?", kal with { Language = "de" }), await languages.CollectAsync("Wie ist das Wetter?", kal with { Language = "" }));
        Assert.Equal("flite+espeak", languages.Name);
    }

    [Fact]
    public async Task Without_engines_tones_are_spoken()
    {
        using var languages = new LanguageSynthesizer(null, null);
        Assert.Equal("tone", languages.Name);
        Assert.Equal("hello", ToneCode.Decode(await languages.CollectAsync("Hello")));
    }
}
