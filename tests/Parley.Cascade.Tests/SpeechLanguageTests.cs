using Parley.Protocol;

namespace Parley.Cascade.Tests;

/// <summary>Language of speech synthesis: the one of the setup, else the one of the text.</summary>
public sealed class SpeechLanguageTests
{
    [Fact]
    public async Task Speech_uses_the_language_of_the_text_and_keeps_it_if_unclear()
    {
        var synthesizer = new FakeSynthesizer();
        await using var rig = await CascadeRig.StartAsync(
            new CascadeParts { ChatModel = StubChatModel.Saying("Das ist nicht mein Haus und auch nicht deins. Okay. That is the house of the people you know."), Synthesizer = synthesizer });

        rig.SayText("sprich");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal(["de", "de", "en"], synthesizer.Asked.Select(asked => asked.Voice.Language));
    }

    [Fact]
    public async Task Speech_uses_the_language_of_the_setup_if_set()
    {
        var synthesizer = new FakeSynthesizer();
        var setup = CascadeRig.Transcribed() with { GenerationConfig = new GenerationConfig { SpeechConfig = new SpeechConfig { LanguageCode = "en-GB" } } };
        await using var rig = await CascadeRig.StartAsync(
            new CascadeParts { ChatModel = StubChatModel.Saying("Das ist nicht mein Haus."), Synthesizer = synthesizer }, setup);

        rig.SayText("sprich");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("en-GB", Assert.Single(synthesizer.Asked).Voice.Language);
    }
}
