using static Parley.Testing.Tests.Evaluation.Channels;

namespace Parley.Testing.Tests.Evaluation;

/// <summary>Measures of recordings whose right values are known.</summary>
public sealed class MeasuresTests
{
    [Fact]
    public void Latency_of_answers_is_from_the_end_of_the_turn_to_the_sound_of_the_agent()
    {
        var report = Measure([(1, 2), (6, 7)], [(2.5, 4), (8.5, 10)]);

        var latency = report["response-latency"];
        Assert.Equal((2, 1.0, 1.0, 1.4), (latency.Count, latency.Estimate!.Value.Value, latency.Median!.Value.Value, Math.Round(latency.P90!.Value.Value, 6)));
        Assert.Equal((2, 2, 1.0), (report["response-rate"].Count, report["response-rate"].Events, report["response-rate"].Estimate!.Value.Value));
        Assert.Equal(0, report["yield-rate"].Count);
        Assert.Null(report["yield-rate"].Estimate);
    }

    [Fact]
    public void Turn_before_which_the_user_spoke_again_is_not_answered()
    {
        var report = Measure([(1, 2), (6, 7)], [(8, 10)]);

        Assert.Equal((2, 1), (report["response-rate"].Count, report["response-rate"].Events));
        Assert.Equal(1, report["response-latency"].Estimate!.Value.Value);
    }

    [Fact]
    public void Agent_that_never_speaks_has_a_response_rate_of_zero()
    {
        var report = Measure([(1, 2), (6, 7)], []);

        Assert.Equal((2, 0, 0.0), (report["response-rate"].Count, report["response-rate"].Events, report["response-rate"].Estimate!.Value.Value));
        Assert.Null(report["response-latency"].Estimate);
    }

    [Fact]
    public void Agent_that_stops_when_it_is_interrupted_yields()
    {
        var report = Measure([(1, 2), (5, 7)], [(3, 5.4), (7.8, 9)]);

        var call = Assert.Single(report.Calls);
        Assert.Equal([UtteranceKind.Turn, UtteranceKind.Interruption], call.Utterances.Select(static one => one.Kind));
        Assert.Equal(0.4, call.Utterances[1].YieldLatency!.Value.Seconds());
        Assert.Equal(0.8, call.Utterances[1].ResponseLatency!.Value.Seconds());
        Assert.Equal((1, 1), (report["yield-rate"].Count, report["yield-rate"].Events));
    }

    [Fact]
    public void Agent_that_goes_on_for_two_seconds_does_not_yield()
    {
        var report = Measure([(1, 2), (5, 6)], [(3, 7.5), (9, 10)]);

        Assert.Equal((1, 0), (report["yield-rate"].Count, report["yield-rate"].Events));
        Assert.Equal(0, report["yield-latency"].Count);
        // It still spoke at the end of the interruption, so whether it answered is not known.
        Assert.Equal(1, report["response-rate"].Count);
    }

    [Fact]
    public void Agent_that_begins_during_a_turn_interrupts_it()
    {
        var report = Measure([(1, 4)], [(2, 2.5), (3.2, 3.6), (5, 6)]);

        var measure = report["agent-interruptions"];
        Assert.Equal((1, 2, 2.0), (measure.Count, measure.Events, measure.Estimate!.Value.Value));
        Assert.Equal(1, report["response-latency"].Estimate!.Value.Value);
    }

    [Theory]
    [InlineData(UtteranceKind.Backchannel, "selectivity-backchannel")]
    [InlineData(UtteranceKind.Noise, "selectivity-noise")]
    [InlineData(UtteranceKind.SpeechToOthers, "selectivity-others")]
    public void Sound_that_is_no_turn_is_ignored_by_an_agent_that_goes_on(UtteranceKind kind, string measure)
    {
        EvaluationUtterance[] utterances = [Utterance(UtteranceKind.Turn, 1, 2), Utterance(kind, 4, 4.5)];

        Assert.Equal(1, Measure([(1, 2), (4, 4.5)], [(3, 8)], utterances)[measure].Events);
        // Stops within a second.
        Assert.Equal(0, Measure([(1, 2), (4, 4.5)], [(3, 4.9)], utterances)[measure].Events);
        // It is no turn: nothing is asked of the agent.
        Assert.Equal(1, Measure([(1, 2), (4, 4.5)], [(3, 8)], utterances)["response-rate"].Count);
    }

    [Fact]
    public void Noise_in_silence_is_ignored_by_an_agent_that_stays_silent_for_two_seconds()
    {
        EvaluationUtterance[] utterances = [Utterance(UtteranceKind.Noise, 4, 4.5)];

        Assert.Equal(1, Measure([(4, 4.5)], [(7, 8)], utterances)["selectivity-noise"].Events);
        Assert.Equal(0, Measure([(4, 4.5)], [(6, 8)], utterances)["selectivity-noise"].Events);
    }

    [Fact]
    public void Pause_inside_a_turn_of_the_script_does_not_end_it()
    {
        var known = Measure([(1, 2), (3, 4)], [(5, 6)], Utterance(UtteranceKind.Turn, 1, 4));
        var unknown = Measure([(1, 2), (3, 4)], [(5, 6)]);

        Assert.Equal((1, 1), (known["response-rate"].Count, known["response-rate"].Events));
        Assert.Equal((2, 1), (unknown["response-rate"].Count, unknown["response-rate"].Events));
    }

    [Fact]
    public void Words_are_compared_turn_by_turn()
    {
        var recording = Recording([(1, 2), (6, 7), (12, 13)], [(3, 4), (8, 9)]) with
        {
            Utterances =
            [
                Utterance(UtteranceKind.Turn, 1, 2, "What is seven times six?"), Utterance(UtteranceKind.Turn, 6, 7, "Don't stop."),
                Utterance(UtteranceKind.Backchannel, 12, 13, "Yeah"),
            ],
            Events =
            [
                Event(2.4, EvaluationEventKind.InputTranscript, "what is"), Event(2.5, EvaluationEventKind.InputTranscript, " eleven times six"),
                Event(7.5, EvaluationEventKind.InputTranscript, "Don’t stop!"), Event(13.5, EvaluationEventKind.InputTranscript, "you"),
            ],
        };

        var measure = LiveEvaluation.Measure([recording])["word-error-rate"];

        Assert.Equal((7, 1), (measure.Count, measure.Events));
        Assert.Equal(1.0 / 7, measure.Estimate!.Value.Value, 6);
    }

    [Fact]
    public void Repetition_is_the_share_of_sequences_that_the_interrupted_answer_had_too()
    {
        var recording = Recording([(1, 2), (5, 6)], [(3, 5.3), (7, 9)]) with
        {
            Events =
            [
                Event(2.8, EvaluationEventKind.OutputTranscript, "Once upon a time there was"), Event(5.2, EvaluationEventKind.OutputTranscript, " a ship"),
                Event(5.3, EvaluationEventKind.Interrupted, null), Event(6.5, EvaluationEventKind.OutputTranscript, "Once upon a time I said."),
            ],
        };

        // "once upon a", "upon a time", "a time i", "time i said": two of four.
        Assert.Equal(0.5, LiveEvaluation.Measure([recording])["repetition"].Estimate!.Value.Value);
    }

    [Fact]
    public void Click_is_no_speech_and_a_short_pause_belongs_to_it()
    {
        var call = Assert.Single(Measure([(1, 2), (2.4, 3), (5, 5.03)], []).Calls);

        Assert.Equal((1.0, 3.0), (Assert.Single(call.Utterances).Segment.Start.Seconds(), call.Utterances[0].Segment.End.Seconds()));
    }

    [Fact]
    public void Intervals_are_those_of_the_tables()
    {
        // Wilson, 9 of 10: 59.6 % to 98.2 %.
        (double, double)[] user = [.. Enumerable.Range(0, 10).Select(static i => (1 + (1.8 * i), 1.4 + (1.8 * i)))];
        var report = Measure(user, [.. user[1..].Select(static span => (span.Item2 + 0.2, span.Item2 + 0.6))]);

        var rate = report["response-rate"];
        Assert.Equal((10, 9, 0.596, 0.982), (rate.Count, rate.Events, Math.Round(rate.Estimate!.Value.Low, 3), Math.Round(rate.Estimate.Value.High, 3)));
        var latency = report["response-latency"].Estimate!.Value;
        Assert.Equal((0.2, 0.2, 0.2), (Math.Round(latency.Value, 3), Math.Round(latency.Low, 3), Math.Round(latency.High, 3)));
    }

    private static EvaluationEvent Event(double at, EvaluationEventKind kind, string? text) => new(TimeSpan.FromSeconds(at), kind, text);
}
