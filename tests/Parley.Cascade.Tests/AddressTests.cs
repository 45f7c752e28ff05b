using Parley.Cascade.Hearing;
using Parley.Protocol;

namespace Parley.Cascade.Tests;

/// <summary>With proactive audio the model stays silent on what is not meant for it.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("Ada are you there")]
    [InlineData("what time is it")]
    [InlineData("please go on")]
    [InlineData("turn on the lights")]
    [InlineData("the lights please")]
    [InlineData("und das Licht?")]
    public void Names_questions_and_requests_are_meant_for_the_model(string text) => Assert.True(Rule().IsAddressed(text, null, asked: false));

    [Theory]
    [InlineData("I told him that yesterday")]
    [InlineData("lunch is ready")]
    [InlineData("adamant people")]
    [InlineData("")]
    public void Talk_in_the_room_is_not(string text) => Assert.False(Rule().IsAddressed(text, null, asked: false));

    [Theory]
    [InlineData(3, false, true)]
    [InlineData(9, false, false)]
    [InlineData(9, true, true)]
    [InlineData(17, true, false)]
    public void What_follows_an_answer_is_for_a_while_and_longer_where_it_asked(int seconds, bool asked, bool expected) =>
        Assert.Equal(expected, Rule().IsAddressed("the blue one", TimeSpan.FromSeconds(seconds), asked));

    [Fact]
    public async Task An_aside_is_shown_and_not_answered_and_known_in_the_next_turn()
    {
        var brain = StubBrain.Saying("Half past twelve.");
        var setup = CascadeRig.Transcribed() with { Proactivity = new ProactivityConfig { ProactiveAudio = true } };
        await using var rig = await CascadeRig.StartAsync(RecognitionTests.Parts(FakeRecognizer.Hearing("lunch is at noon", "what time is it", "good"), brain), setup);

        RecognitionTests.Say(rig, 1);
        await rig.ExpectAsync("heard:lunch is at noon");
        Assert.Equal("no_output", (await rig.TurnAsync(1))["outcome"]);
        Assert.Empty(brain.Asked);

        RecognitionTests.Say(rig, 1);
        await rig.ExpectAsync("turnComplete");
        Assert.Equal(["lunch is at noon", "what time is it"], brain.Asked[0][^1].Contents.Select(content => content.ToString()));

        var next = rig.NextAsync("turnComplete");
        RecognitionTests.Say(rig, 1);
        await next;
        Assert.Equal("good", brain.Asked[1][^1].Text);
    }

    [Fact]
    public async Task Without_the_wish_everything_is_meant_for_the_model()
    {
        await using var rig = await CascadeRig.StartAsync(RecognitionTests.Parts(FakeRecognizer.Hearing("lunch is at noon")));

        RecognitionTests.Say(rig, 1);

        await rig.ExpectAsync("turnComplete");
    }

    private static AddresseeDetector Rule() => new("You are Ada, a helpful assistant.", TimeSpan.FromSeconds(8));
}
