using Parley.Assistant.Languages;
using Parley.Protocol;

namespace Parley.Cascade.Tests;

/// <summary>The language of the voice: the one of the setup, else the one of the text.</summary>
public sealed class VoiceLanguageTests
{
    [Fact]
    public async Task Follows_the_text_and_stays_where_the_text_does_not_tell()
    {
        var voice = new FakeVoice();
        await using var rig = await CascadeRig.StartAsync(
            new CascadeParts { ChatModel = StubBrain.Saying("Das ist nicht mein Haus und auch nicht deins. Okay. That is the house of the people you know."), Synthesizer = voice });

        rig.SayText("sprich");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal(["de", "de", "en"], voice.Asked.Select(asked => asked.Voice.Language));
    }

    [Fact]
    public async Task Is_the_one_of_the_setup_where_it_names_one()
    {
        var voice = new FakeVoice();
        var setup = CascadeRig.Transcribed() with { GenerationConfig = new GenerationConfig { SpeechConfig = new SpeechConfig { LanguageCode = "en-GB" } } };
        await using var rig = await CascadeRig.StartAsync(new CascadeParts { ChatModel = StubBrain.Saying("Das ist nicht mein Haus."), Synthesizer = voice }, setup);

        rig.SayText("sprich");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("en-GB", Assert.Single(voice.Asked).Voice.Language);
    }
}
