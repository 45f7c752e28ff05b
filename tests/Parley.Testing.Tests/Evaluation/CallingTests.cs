using Parley.Audio;
using static Parley.Testing.Tests.Evaluation.Channels;

namespace Parley.Testing.Tests.Evaluation;

/// <summary>Calls of a scripted server in virtual time. The server hears the end of speech after 800 ms of silence.</summary>
public sealed class CallingTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Latency_is_that_of_the_server_to_the_frame()
    {
        await using var server = await StartAsync();
        server.When(Heard.Anything).Waits(TimeSpan.FromMilliseconds(700)).Plays(Tone(1.5, 24_000)).Times(2);

        var report = await RunAsync(server, new EvaluationCall("call").Says(Tone(1)).Listens().Says(Tone(1)).Listens());

        var call = Assert.Single(report.Calls);
        Assert.Equal([1.5, 1.5], call.Utterances.Select(static one => one.ResponseLatency!.Value.Seconds()));
        Assert.Equal([1.5, 1.5], call.Agent.Select(static segment => segment.Duration.Seconds()));
        Assert.Equal((1.0, 2, TimeSpan.Zero), (report["response-rate"].Estimate!.Value.Value, report["response-rate"].Count, call.Recording.Lateness));
        Assert.Null(call.Recording.Failure);
    }

    [Fact]
    public async Task Same_calls_give_the_same_recording_each_time()
    {
        async Task<byte[]> RecordAsync()
        {
            await using var server = await StartAsync();
            server.When(Heard.Anything).Plays(Tone(4, 24_000), speech: SpokenReply.RealTime).Times(2);
            var report = await RunAsync(server, new EvaluationCall("call").Says("Tell me a story.").Interrupts("Stop it, please.", Second).Listens());
            return report.Calls[0].Recording.Audio.ToBytes();
        }

        Assert.Equal(await RecordAsync(), await RecordAsync());
    }

    [Fact]
    public async Task Interrupted_agent_is_cut_where_the_server_says_so()
    {
        await using var server = await StartAsync();
        server.When(Heard.Turn(1)).Plays(Tone(10, 24_000), speech: SpokenReply.RealTime);
        server.When(Heard.Turn(2)).Plays(Tone(1, 24_000));

        var report = await RunAsync(server, new EvaluationCall("call").Says(Tone(1)).Interrupts(Tone(1), Second).Listens());

        var interruption = report.Calls[0].Utterances[1];
        Assert.Equal((UtteranceKind.Interruption, true, true), (interruption.Kind, interruption.IsYielded, interruption.IsAnswered));
        // The server hears speech after 60 ms of it.
        Assert.Equal((0.06, 1.06), (interruption.YieldLatency!.Value.Seconds(), report.Calls[0].Agent[0].Duration.Seconds()));
    }

    [Fact]
    public async Task Agent_that_goes_on_does_not_yield()
    {
        await using var server = await StartAsync(static options => options.SpeechThresholdDb = -20);
        server.When(Heard.Anything).Plays(Tone(6, 24_000)).Optional();
        var quiet = new WavFile(16_000, Array.ConvertAll(Tone(1).Samples.ToArray(), static sample => (short)(sample / 8)));

        var report = await RunAsync(server, new EvaluationCall("call").Says(Tone(1)).Interrupts(quiet, Second).Listens());

        Assert.Equal((1, 0), (report["yield-rate"].Count, report["yield-rate"].Events));
    }

    [Fact]
    public async Task Agent_that_answers_during_the_turn_interrupts_it()
    {
        await using var server = await StartAsync();
        server.Scenario.WhenSpeechStarts().Waits(TimeSpan.FromMilliseconds(500)).Plays(Tone(0.4, 24_000)).Times(1);
        server.When(Heard.Anything).Plays(Tone(1, 24_000)).Optional();

        var report = await RunAsync(server, new EvaluationCall("call").Says(Tone(3)).Listens());

        Assert.Equal((1, 1), (report["agent-interruptions"].Count, report["agent-interruptions"].Events));
    }

    [Fact]
    public async Task Agent_that_stops_for_a_backchannel_is_not_selective()
    {
        await using var server = await StartAsync();
        server.When(Heard.Anything).Plays(Tone(8, 24_000), speech: SpokenReply.RealTime).Times(2);

        var report = await RunAsync(server, new EvaluationCall("call").Says(Tone(1)).Backchannels(Tone(0.4), Second).Listens());

        Assert.Equal((1, 0), (report["selectivity-backchannel"].Count, report["selectivity-backchannel"].Events));
        Assert.False(report.Calls[0].Utterances[1].IsIgnored);
    }

    [Fact]
    public async Task Noise_in_silence_that_is_answered_is_not_ignored()
    {
        await using var server = await StartAsync();
        server.When(Heard.Anything).Plays(Tone(1, 24_000)).Times(2);

        var report = await RunAsync(
            server, new EvaluationCall("call").Says(Tone(1)).Listens().MakesNoise(VocalNoise.Cough).Waits(TimeSpan.FromSeconds(3)).SpeaksToOthers("Close the door"));

        Assert.Equal((1, 0), (report["selectivity-noise"].Count, report["selectivity-noise"].Events));
        Assert.Equal(1, report["selectivity-others"].Count);
    }

    [Fact]
    public async Task Agent_that_never_answers_is_waited_for_and_the_call_goes_on()
    {
        await using var server = await StartAsync();
        server.When(Heard.Anything).SaysNothing().Times(2);

        var report = await RunAsync(server, new EvaluationCall("call").Says(Tone(1)).Listens().Says(Tone(1)).Listens());

        Assert.Equal((2, 0), (report["response-rate"].Count, report["response-rate"].Events));
        Assert.InRange(report.Calls[0].Recording.Audio.Duration.TotalSeconds, 10, 12);
    }

    [Fact]
    public async Task Transcripts_give_the_word_error_rate()
    {
        await using var server = await StartAsync(static options => options.Recognize = static _ => "tell me a story");
        server.When(Heard.Anything).Says("Certainly.");

        var report = await RunAsync(server, new EvaluationCall("call").Says("Tell me the story!").Listens());

        Assert.Equal((4, 1), (report["word-error-rate"].Count, report["word-error-rate"].Events));
        Assert.Equal("tell me a story", report.Calls[0].Utterances[0].Transcript);
    }

    [Fact]
    public async Task Session_that_ends_early_is_a_failure_of_its_call()
    {
        await using var server = await StartAsync();
        server.When(Heard.Anything).Closes(1011, "Internal error encountered.").Optional();

        var report = await RunAsync(server, new EvaluationCall("call").Says(Tone(1)).Listens().Says(Tone(1)).Listens());

        Assert.NotNull(report.Calls[0].Recording.Failure);
        Assert.Single(report.Calls[0].Utterances);
    }

    [Fact]
    public async Task Repeated_calls_have_numbers()
    {
        await using var server = await StartAsync();
        server.When(Heard.Anything).Plays(Tone(1, 24_000)).Times(3);

        var report = await LiveEvaluation.RunAsync(
            EvaluationTarget.Of(server), new LiveEvaluationOptions { Suite = new(new EvaluationCall("call").Says(Tone(1)).Listens()), Repeat = 3 }, null, Cancellation);

        Assert.Equal(["call-1", "call-2", "call-3"], report.Calls.Select(static call => call.Name));
        Assert.Equal(3, report["response-latency"].Count);
    }

    [Fact]
    public async Task Refused_session_is_an_error_that_says_why()
    {
        await using var server = await StartAsync();
        var target = EvaluationTarget.Of(server.BaseAddress, "another", options => (options.Invoker, options.TimeProvider) = (server.Invoker, TimeProvider.System));

        var error = await Assert.ThrowsAsync<EvaluationException>(() => LiveEvaluation.RunAsync(target, null, null, Cancellation));

        Assert.IsAssignableFrom<Client.LiveException>(error.InnerException);
    }

    private static async Task<LiveTestServer> StartAsync(Action<LiveTestServerOptions>? configure = null) => await LiveTestServer.StartAsync(configure, Cancellation);

    private static Task<EvaluationReport> RunAsync(LiveTestServer server, EvaluationCall call) =>
        LiveEvaluation.RunAsync(EvaluationTarget.Of(server), new LiveEvaluationOptions { Suite = new(call), AnswerTimeout = 3 * Second }, null, Cancellation);
}
