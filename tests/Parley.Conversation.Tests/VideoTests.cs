using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>Frames, at most one a second, and which of them a turn contains.</summary>
public sealed class VideoTests
{
    private const string AllVideo = "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO";

    [Theory]
    [InlineData("TURN_INCLUDES_ONLY_ACTIVITY", "[2] | [3]", 50)]
    [InlineData("TURN_INCLUDES_ALL_INPUT", "[1] | [2] | [3]", 75)]
    [InlineData(AllVideo, "[1] | [2] | [3]", 50)]
    public void Coverage_decides_what_a_turn_contains(string coverage, string frames, int audioTokens)
    {
        var talk = Talk.With(Coverage(coverage));
        talk.Shows(1);
        talk.Hears(1);
        talk.Shows(2);
        talk.SpeechStarts();
        talk.Hears(1);
        talk.Shows(3);
        talk.Hears(1);
        talk.SpeechEnds();
        talk.Recognizes("What is this?");
        Assert.Equal([$"user: {frames} | What is this?"], talk.History);
        talk.Finishes();
        Assert.Equal(audioTokens, talk.Usage.PromptTokensDetails!.Single(d => d.Modality == Protocol.Modality.Audio).TokenCount);
        Assert.Equal(258 * frames.Split('|').Length, talk.Usage.PromptTokensDetails!.Single(d => d.Modality == Protocol.Modality.Video).TokenCount);
    }

    [Fact]
    public void All_input_reaches_from_one_turn_to_the_next()
    {
        var talk = Talk.With(Coverage("TURN_INCLUDES_ALL_INPUT"));
        talk.Hears(1);
        talk.SpeechStarts();
        talk.Hears(1);
        talk.SpeechEnds(ago: 0.5);
        talk.Hears(1);
        talk.SpeechStarts();
        talk.Expect("listen 1 from 0s", "listened 1 to 2s", "listen 2 from 2s");
    }

    [Fact]
    public void At_most_one_frame_a_second_is_kept_the_newest()
    {
        var talk = Talk.With(Coverage(AllVideo));
        for (byte frame = 0; frame < 20; frame++)
        {
            talk.Shows(frame);
            talk.Wait(0.25);
        }
        talk.Types("What do you see?");
        Assert.Equal(["user: [3] | [7] | [11] | [15] | [19] | What do you see?"], talk.History);
    }

    [Fact]
    public void The_newest_frame_belongs_to_text()
    {
        var talk = Talk.With(Coverage("TURN_INCLUDES_ONLY_ACTIVITY"));
        talk.Shows(1);
        talk.Wait(2);
        talk.Shows(2);
        talk.Types("What is this?");
        Assert.Equal(["user: [2] | What is this?"], talk.History);
    }

    [Fact]
    public void A_frame_is_in_one_turn_only()
    {
        var talk = Talk.With(Coverage(AllVideo));
        talk.Shows(1);
        talk.Types("What is this?");
        talk.Finishes();
        talk.Wait(1);
        talk.Shows(2);
        talk.Types("And this?");
        Assert.Equal(["user: [1] | What is this?", "user: [2] | And this?"], talk.History);
    }

    [Fact]
    public void The_default_of_the_model_holds_where_the_setup_does_not_say()
    {
        var talk = Talk.With(options: options => options with { DefaultTurnCoverage = Protocol.TurnCoverage.TurnIncludesAllInput });
        talk.Hears(2);
        talk.SpeechStarts();
        talk.Expect("listen 1 from 0s");
    }

    [Fact]
    public void Frames_alone_are_not_answered()
    {
        var talk = Talk.With(Coverage(AllVideo));
        for (byte frame = 0; frame < 10; frame++)
        {
            talk.Shows(frame);
            talk.Wait(1);
        }
        talk.ExpectNothing();
    }

    [Theory]
    [InlineData(AllVideo)]
    [InlineData("TURN_INCLUDES_ALL_INPUT")]
    [InlineData("TURN_INCLUDES_ONLY_ACTIVITY")]
    public void A_noise_is_not_answered_because_the_camera_is_on(string coverage)
    {
        var talk = Talk.With(Coverage(coverage));
        talk.Shows(1);
        talk.Speaks("");
        talk.Expect("listen 1 from 0s", "listened 1 to 1s");
        talk.Types("What was that?");
        Assert.Equal(["user: [1] | What was that?"], talk.History);
    }

    [Fact]
    public void A_marked_activity_may_show_without_saying()
    {
        var talk = Talk.With("""
            "realtimeInputConfig":{"automaticActivityDetection":{"disabled":true}}
            """);
        talk.MarksStart();
        talk.Shows(1);
        talk.MarksEnd();
        talk.Skip();
        talk.Recognizes("");
        talk.Expect("generate 1");
        Assert.Equal(["user: [1]"], talk.History);
    }

    [Theory]
    [InlineData(AllVideo, "user: [1] | [2]")]
    [InlineData("TURN_INCLUDES_ONLY_ACTIVITY", "user: [2]")]
    public void Client_content_is_answered_with_what_the_camera_shows(string coverage, string frames)
    {
        var talk = Talk.With(Coverage(coverage));
        talk.Shows(1);
        talk.Wait(1);
        talk.Shows(2);
        talk.Asks("What do you see?");
        Assert.Equal(["user: What do you see?", frames], talk.History);
    }

    [Fact]
    public void The_oldest_frames_of_a_turn_that_never_ends_are_dropped_and_it_is_said_once()
    {
        var talk = Talk.With(Coverage(AllVideo), options => options with { MaxFramesPerTurn = 3 });
        for (byte frame = 0; frame < 6; frame++)
        {
            talk.Shows(frame);
            talk.Wait(1);
        }
        talk.Expect("ignored frames: more than a turn may have, the oldest are dropped until it ends");
        talk.Types("What do you see?");
        Assert.Equal(["user: [3] | [4] | [5] | What do you see?"], talk.History);
    }

    [Fact]
    public void Frames_that_no_turn_will_contain_are_not_kept()
    {
        var talk = Talk.With(Coverage("TURN_INCLUDES_ONLY_ACTIVITY"), options => options with { MaxFramesPerTurn = 3 });
        talk.SpeechStarts();
        talk.Shows(0);
        talk.Hears(1);
        talk.SpeechEnds();
        for (byte frame = 1; frame < 9; frame++)
        {
            talk.Shows(frame);
            talk.Wait(1);
        }
        talk.Expect("listen 1 from 0s", "listened 1 to 1s");
        talk.Recognizes("What is this?");
        Assert.Equal(["user: [0] | What is this?"], talk.History);
    }

    private static string Coverage(string coverage) => $$"""
        "realtimeInputConfig":{"turnCoverage":"{{coverage}}"}
        """;
}
