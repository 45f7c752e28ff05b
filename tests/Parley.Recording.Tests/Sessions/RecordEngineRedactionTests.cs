using Parley.Protocol;
using Parley.Recording.Tests.Support;

namespace Parley.Recording.Tests.Sessions;

/// <summary>What is removed before anything is written.</summary>
public sealed class RecordEngineRedactionTests
{
    private const string Card = "4111 1111 1111 1111";

    [Fact]
    public void A_spoken_card_number_is_neither_in_the_text_nor_in_the_audio()
    {
        var script = new Script(Script.Redacting(Script.Relayed)).User(1_000, 800).Heard(1_050, "It is 4111 11").Take(1_500)
            .Model(2_000, 500).Heard(2_100, "11 1111 1111").Said(2_100, "Thank you.").Complete(2_200)
            .User(5_000, 500).Model(6_000, 100).Heard(6_000, "Bye").Complete(6_100).Finish(8_000);

        Assert.Equal(["It is [card]", "Thank you.", "Bye"], script.Facts.Transcripts.Select(static t => t.Text));
        Assert.Equal(1, script.Facts.Redactions);
        Assert.DoesNotContain(script.Left[..(int)Script.Samples(2_000)], static sample => sample != 0);
        Assert.Equal((0, Script.Loud), script.At(2_100));
        Assert.Equal(Script.Loud, script.At(4_700).User);
    }

    [Fact]
    public void Words_instead_of_digits_are_found()
    {
        var script = new Script(Script.Redacting(Script.Relayed)).User(1_000, 800)
            .Heard(1_100, "four one one one, one one one one, one one one one, one one one one please").Model(2_000, 500).Complete(2_100).Finish(4_000);

        Assert.Equal("[card] please", script.Facts.Transcripts.Single().Text);
    }

    [Fact]
    public void Of_a_local_model_only_the_pieces_with_the_number_become_silent()
    {
        var script = new Script(Script.Redacting(Script.Local)).Model(1_000, 1_000).Said(1_000, "Your card is ").Model(1_000, 1_000).Said(1_000, Card + " ")
            .Model(1_000, 1_000).Said(1_000, "right?").Complete(1_001).Finish(5_000);

        Assert.Equal("Your card is [card] right?", script.Facts.Transcripts.Single().Text);
        Assert.Equal((Script.Loud, 0, 0, 0, Script.Loud), (script.At(1_790).Model, script.At(1_810).Model, script.At(2_500).Model, script.At(3_190).Model, script.At(3_210).Model));
    }

    [Fact]
    public void Audio_is_not_written_before_its_transcript_is_final()
    {
        var script = new Script(Script.Redacting(Script.Relayed)).User(1_000, 1_000).Take(60_000);
        Assert.Empty(script.Left);

        script.Model(60_000, 100).Complete(60_100).Take(90_000);

        Assert.Equal(Script.Samples(60_000), script.Left.Length);
        Assert.Equal(Script.Loud, script.At(500).User);
    }

    [Fact]
    public void After_two_minutes_audio_without_a_transcript_becomes_silent()
    {
        var script = new Script(Script.Redacting(Script.Relayed)).User(1_000, 1_000).Take(122_000).Finish(122_000);

        Assert.DoesNotContain(script.Left, static sample => sample != 0);
    }

    [Fact]
    public void Speech_without_the_end_of_a_turn_is_not_kept()
    {
        var script = new Script(Script.Redacting(Script.Relayed)).User(1_000, 1_000).Heard(1_100, "My number is 4111").Model(2_000, 2_000).Said(2_000, "Go").Finish(3_000);

        Assert.DoesNotContain(script.Left, static sample => sample != 0);
        Assert.DoesNotContain(script.Right, static sample => sample != 0);
    }

    [Fact]
    public void Speech_that_has_no_transcript_at_all_is_not_kept()
    {
        var script = new Script(Script.Redacting(Script.Relayed) with { KeepsUser = false }).User(1_000, 1_000).Model(2_000, 500).Said(2_000, "Yes.").Complete(2_100).Finish(4_000);

        Assert.DoesNotContain(script.Left, static sample => sample != 0);
        Assert.Equal(Script.Loud, script.At(2_100).Model);
    }

    [Fact]
    public void Typed_numbers_and_arguments_are_removed()
    {
        var plan = Script.Redacting(Script.Local) with { KeepsArguments = true };
        var script = new Script(plan).Receive(500, new LiveSessionRequest { RealtimeInput = new RealtimeInput { Text = Card } })
            .Send(700, new LiveSessionResponse
            {
                ToolCall = new ToolCall { FunctionCalls = [new FunctionCall { Id = "1", Name = "pay", Args = System.Text.Json.JsonElement.Parse($$"""{"card":"{{Card}}"}""") }] },
            }).Finish(2_000);

        Assert.Equal("[card]", script.Facts.Transcripts.Single().Text);
        Assert.Equal("""{"card":"[card]"}""", script.Facts.Tools.Single().Arguments);
    }
}
