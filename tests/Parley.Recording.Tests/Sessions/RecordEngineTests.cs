using Parley.Protocol;
using Parley.Recording.Sessions;
using Parley.Recording.Tests.Support;

namespace Parley.Recording.Tests.Sessions;

/// <summary>What of a call is in its record, and where.</summary>
public sealed class RecordEngineTests
{
    [Fact]
    public void Both_voices_are_on_one_clock_to_the_sample()
    {
        var script = new Script().User(1_000, 500).Model(1_200, 1_000).Complete(1_300).Finish(3_000);

        Assert.Equal((12_000, 24_000), Edges(script.Left));
        Assert.Equal((28_800, 52_800), Edges(script.Right));
        Assert.Equal(72_000, script.Left.Length);
    }

    [Fact]
    public void Chunks_with_jitter_are_one_piece()
    {
        var script = new Script();
        for (var i = 0; i < 10; i++)
            script.User(120 + (i * 20) + (i % 3 * 9), 20);
        script.Finish(1_000);

        Assert.Equal((2_400, 7_200), Edges(script.Left));
        Assert.DoesNotContain((short)0, script.Left[2_400..7_200]);
    }

    [Fact]
    public void A_pause_of_the_user_is_silence()
    {
        var script = new Script().User(100, 100).User(900, 100).Finish(1_000);

        Assert.Equal((Script.Loud, 0, Script.Loud), (script.At(50).User, script.At(500).User, script.At(850).User));
        Assert.Equal((0, 21_600), Edges(script.Left));
    }

    [Fact]
    public void Audio_that_the_model_sends_at_once_is_heard_in_real_time()
    {
        var script = new Script();
        for (var i = 0; i < 20; i++)
            script.Model(1_000, 100);
        script.Complete(1_001).Finish(4_000);

        Assert.Equal((24_000, 72_000), Edges(script.Right));
    }

    [Fact]
    public void What_was_not_heard_before_an_interruption_is_not_in_the_record()
    {
        var script = new Script().Model(1_000, 3_000).Interrupted(2_500).Complete(2_500).Model(4_000, 500).Complete(4_000).Finish(5_000);

        Assert.Equal(Script.Loud, script.At(2_499).Model);
        Assert.DoesNotContain(script.Right[60_000..96_000], static sample => sample != 0);
        Assert.Equal(Script.Loud, script.At(4_000).Model);
        Assert.Equal([2.5], script.Facts.Interruptions);
        Assert.Equal(["interrupted", "completed"], script.Facts.Turns.Select(static turn => turn.Outcome));
    }

    [Fact]
    public void An_interruption_after_the_end_of_the_turn_cuts_audio_and_words()
    {
        var script = new Script().Model(1_000, 1_000).Said(1_000, "One ").Model(1_000, 1_000).Said(1_000, "two.").Complete(1_001).Interrupted(2_000).Finish(4_000);

        Assert.Equal((24_000, 48_000), Edges(script.Right));
        var said = Assert.Single(script.Facts.Transcripts);
        Assert.Equal(("One", true, 2.0), (said.Text, said.Interrupted, said.End));
    }

    [Fact]
    public void Words_after_the_end_of_the_connection_are_left_out()
    {
        var script = new Script().Model(1_000, 1_000).Said(1_000, "One ").Model(1_000, 1_000).Said(1_000, "two.").Complete(1_001).Finish(2_000);

        var said = Assert.Single(script.Facts.Transcripts);
        Assert.Equal(("One", true, 2.0), (said.Text, said.Interrupted, said.End));
        Assert.Equal(2.0, Assert.Single(script.Facts.Turns).End);
    }

    [Fact]
    public void An_interruption_cuts_every_answer_that_waits_for_playback()
    {
        var script = new Script().Model(1_000, 1_000).Said(1_000, "One.").Complete(1_001).Model(1_002, 1_000).Said(1_002, "Two.").Complete(1_003).Interrupted(1_500).Finish(5_000);

        Assert.Equal([("One.", 1.5)], script.Facts.Transcripts.Select(static said => (said.Text, said.End)));
        Assert.Equal([1.5, 1.5], script.Facts.Turns.Select(static turn => turn.End));
    }

    [Fact]
    public void An_interruption_in_an_answer_cuts_the_one_before_it()
    {
        var script = new Script().Model(1_000, 1_000).Said(1_000, "One.").Complete(1_001).Model(1_002, 1_000).Said(1_002, "Two.").Interrupted(1_500).Finish(5_000);

        Assert.Equal([("One.", 1.5)], script.Facts.Transcripts.Select(static said => (said.Text, said.End)));
    }

    [Fact]
    public void The_announcement_is_turn_0_so_that_turns_have_the_numbers_of_events()
    {
        var script = new Script(Script.Local with { HasAnnouncement = true }).Said(0, "Recorded.").Complete(0).Model(1_000, 100).Complete(1_001).Finish(2_000);

        Assert.Equal([0, 1], script.Facts.Turns.Select(static turn => turn.Turn));
    }

    [Fact]
    public void The_length_of_a_record_is_the_length_of_the_connection()
    {
        var script = new Script().Model(100, 10_000).Complete(100).Finish(2_000);

        Assert.Equal(48_000, script.Right.Length);
        Assert.Equal(2.0, script.Facts.Seconds);
    }

    [Fact]
    public void Words_of_a_local_model_have_the_times_of_their_audio()
    {
        var script = new Script().Model(1_000, 400).Said(1_000, "Hello ").Model(1_000, 600).Said(1_000, "good morning.").Complete(1_001).Finish(3_000);

        var said = Assert.Single(script.Facts.Transcripts);
        Assert.Equal(("model", "Hello good morning.", 1.0, 2.0), (said.Speaker, said.Text, said.Start, said.End));
        Assert.Equal((1.0, 1.4, false), (said.Words[0].Start, said.Words[0].End, said.Words[0].Estimated));
        Assert.Equal((1.4, true, true), (said.Words[1].Start, said.Words[1].Estimated, said.Words[2].Estimated));
    }

    [Fact]
    public void Words_of_a_relayed_model_are_spread_over_its_audio_and_say_so()
    {
        var script = new Script(Script.Relayed).Said(900, "aaaa ").Model(1_000, 500).Model(1_000, 500).Said(1_000, "bbbb").Complete(1_001).Finish(3_000);

        var said = Assert.Single(script.Facts.Transcripts);
        Assert.Equal((1.0, 2.0), (said.Start, said.End));
        Assert.All(said.Words, static word => Assert.True(word.Estimated));
        Assert.InRange(said.Words[1].Start, 1.5, 1.6);
    }

    [Fact]
    public void The_words_of_the_user_are_where_the_user_was_loud()
    {
        var script = new Script().User(500, 500, 3).User(1_500, 1_000).User(2_000, 500, 3).Model(2_100, 500).Heard(2_200, "Good evening").Complete(2_300).Finish(4_000);

        var heard = Assert.Single(script.Facts.Transcripts);
        Assert.Equal(("user", 0.5, 1.5), (heard.Speaker, heard.Start, heard.End));
    }

    [Fact]
    public void Typed_text_text_answers_and_functions_are_recorded()
    {
        var script = new Script()
            .Receive(500, new LiveSessionRequest { RealtimeInput = new RealtimeInput { Text = "Weather?" } })
            .Send(700, new LiveSessionResponse { ToolCall = new ToolCall { FunctionCalls = [new FunctionCall { Id = "1", Name = "weather" }] } })
            .Send(900, new ServerContent { ModelTurn = new Content { Parts = [new Part { Text = "think", Thought = true }, new Part { Text = "Sunny." }] } })
            .Complete(1_000).Finish(2_000);

        Assert.Equal([("user", "Weather?", false), ("model", "Sunny.", false)], script.Facts.Transcripts.Select(static t => (t.Speaker, t.Text, t.Spoken)));
        Assert.Equal(("weather", 0.7, null), script.Facts.Tools.Select(static tool => (tool.Name, tool.At, tool.Arguments)).Single());
    }

    [Fact]
    public void Frames_are_written_two_seconds_behind_the_clock()
    {
        var script = new Script().User(1_000, 1_000).Take(2_900);

        Assert.Equal(21_600, script.Left.Length);
    }

    [Fact]
    public void A_model_that_is_minutes_ahead_ends_the_record()
    {
        var script = new Script();

        Assert.Throws<RecordOverflowException>(() =>
        {
            for (var i = 0; i < 31; i++)
                script.Model(0, 10_000);
        });
    }

    private static (int First, int End) Edges(short[] samples) => (Array.FindIndex(samples, static sample => sample != 0), Array.FindLastIndex(samples, static sample => sample != 0) + 1);
}
