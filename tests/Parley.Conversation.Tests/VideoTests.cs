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
    public void One_frame_a_second_is_kept_the_newest()
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
    public void The_model_default_for_turn_coverage_applies()
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
    public void Noise_with_video_is_not_answered(string coverage)
    {
        var talk = Talk.With(Coverage(coverage));
        talk.Shows(1);
        talk.Speaks("");
        talk.Expect("listen 1 from 0s", "listened 1 to 1s", "turnComplete NEED_MORE_INPUT");
        talk.Types("What was that?");
        Assert.Equal(["user: [1] | What was that?"], talk.History);
    }

    [Fact]
    public void A_marked_activity_with_video_only_is_answered()
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
    public void Client_content_is_answered_with_the_newest_video_frame(string coverage, string frames)
    {
        var talk = Talk.With(Coverage(coverage));
        talk.Shows(1);
        talk.Wait(1);
        talk.Shows(2);
        talk.Asks("What do you see?");
        Assert.Equal(["user: What do you see?", frames], talk.History);
    }

    [Fact]
    public void Frames_beyond_the_limit_are_dropped_and_reported_once()
    {
        var talk = Talk.With(Coverage(AllVideo), options => options with { MaxFramesPerTurn = 3 });
        for (byte frame = 0; frame < 6; frame++)
        {
            talk.Shows(frame);
            talk.Wait(1);
        }
        talk.Expect("ignored video frames beyond the limit of a turn; the oldest are dropped until it ends");
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
