using Parley.Cascade.Input;
using Parley.Protocol;

namespace Parley.Cascade.Tests;

/// <summary>With proactive audio the model does not answer speech that is not addressed to it.</summary>
public sealed class AddresseeDetectionTests
{
    [Theory]
    [InlineData("Ada are you there")]
    [InlineData("what time is it")]
    [InlineData("please go on")]
    [InlineData("turn on the lights")]
    [InlineData("the lights please")]
    [InlineData("und das Licht?")]
    public void Names_questions_and_requests_are_addressed_to_the_model(string text) =>
        Assert.True(Detector().IsAddressed(text, null, asked: false));

    [Theory]
    [InlineData("I told him that yesterday")]
    [InlineData("lunch is ready")]
    [InlineData("adamant people")]
    [InlineData("")]
    public void Other_talk_in_the_room_is_not_addressed_to_the_model(string text) =>
        Assert.False(Detector().IsAddressed(text, null, asked: false));

    [Theory]
    [InlineData(3, false, true)]
    [InlineData(9, false, false)]
    [InlineData(9, true, true)]
    [InlineData(17, true, false)]
    public void Speech_soon_after_an_answer_is_addressed_to_the_model_and_longer_after_a_question(int seconds, bool asked, bool expected) =>
        Assert.Equal(expected, Detector().IsAddressed("the blue one", TimeSpan.FromSeconds(seconds), asked));

    [Fact]
    public async Task Speech_not_addressed_to_the_model_is_transcribed_unanswered_and_part_of_the_next_turn()
    {
        var chatModel = StubChatModel.Saying("Half past twelve.");
        var setup = CascadeRig.Transcribed() with { Proactivity = new ProactivityConfig { ProactiveAudio = true } };
        await using var rig = await CascadeRig.StartAsync(
            RecognitionTests.Parts(FakeRecognizer.Hearing("lunch is at noon", "what time is it", "good"), chatModel), setup);

        RecognitionTests.Say(rig, 1);
        await rig.ExpectAsync("heard:lunch is at noon");
        Assert.Equal("no_output", (await rig.TurnAsync(1))["outcome"]);
        Assert.Empty(chatModel.Asked);

        var answered = rig.NextAsync("generationComplete");
        RecognitionTests.Say(rig, 1);
        await answered;
        Assert.Equal(["lunch is at noon", "what time is it"], chatModel.Asked[0][^1].Contents.Select(content => content.ToString()));

        var next = rig.NextAsync("generationComplete");
        RecognitionTests.Say(rig, 1);
        await next;
        Assert.Equal("good", chatModel.Asked[1][^1].Text);
    }

    [Fact]
    public async Task Without_proactive_audio_all_speech_is_addressed_to_the_model()
    {
        await using var rig = await CascadeRig.StartAsync(RecognitionTests.Parts(FakeRecognizer.Hearing("lunch is at noon")));

        RecognitionTests.Say(rig, 1);

        await rig.ExpectAsync("turnComplete");
    }

    private static AddresseeDetector Detector() => new("You are Ada, a helpful assistant.", TimeSpan.FromSeconds(8));
}
