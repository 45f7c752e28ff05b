using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Client.Tests.Scripted;
using Parley.Protocol;

namespace Parley.Client.Tests.Session;

public class AskTests
{
    private const string Complete = """{"serverContent":{"turnComplete":true}}""";

    private static readonly LiveTool One = LiveTool.Function(AIFunctionFactory.Create(() => 1, "one"));
    private static readonly LiveTool Background = LiveTool.Function(AIFunctionFactory.Create(() => 2, "two"), Behavior.NonBlocking);

    private static LiveSetup With(params LiveTool[] tools) => new() { Model = "gemini-test", Tools = tools };

    private static Task<LiveAnswer> AskAsync(LiveSession session, string text = "question") =>
        Expect.WithinAsync(session.AskAsync(text), "the exchange ends");

    private static async Task<JsonElement> ExpectResultAsync(ScriptedPeer peer) =>
        (await peer.ExpectAsync()).GetProperty("toolResponse").GetProperty("functionResponses")[0];

    private static string Call(string name, string id = "1") => Wire.Calls($$"""{"id":"{{id}}","name":"{{name}}"}""");

    [Fact]
    public async Task An_answer_has_words_audio_thoughts_and_usage()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            Assert.Equal("question", await peer.ExpectTextAsync());
            await peer.SendAsync(Wire.Audio([1, 0, 2, 0]));
            await peer.SendAsync("""{"serverContent":{"outputTranscription":{"text":" Good"}}}""");
            await peer.SendAsync("""{"serverContent":{"outputTranscription":{"text":" day."}}}""");
            await peer.SendAsync("""{"serverContent":{"modelTurn":{"parts":[{"text":"hm","thought":true}]}}}""");
            await peer.SendAsync(Wire.Audio([3, 0]));
            await peer.SendAsync("""{"serverContent":{"turnComplete":true},"usageMetadata":{"totalTokenCount":7}}""");
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync();

        var answer = await AskAsync(session);

        Assert.Equal(("Good day.", "hm", 24_000, 7L, 1), (answer.Text, answer.Thoughts, answer.AudioRateHz, answer.Usage.TotalTokens, answer.Turns));
        Assert.Equal([1, 0, 2, 0, 3, 0], answer.Audio.ToArray());
    }

    /// <summary>The orders in which models answer after a call; the client must wait for the answer in all of them.</summary>
    [Theory]
    [InlineData("one", true, false)] // 2.0 and 2.5: the turn ends with the call
    [InlineData("one", false, true)] // 3.1: one turn
    [InlineData("one", false, false)] // the turn ends after the result has arrived
    [InlineData("two", true, false)] // 3.8: the turn ends with the call
    [InlineData("two", false, false)] // 3.8: the turn ends later than the result is sent
    public async Task The_answer_after_a_function_belongs_to_the_exchange(string function, bool endsBeforeResult, bool oneTurn)
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            for (var i = 0; i < 2; i++)
            {
                Assert.Equal("question", await peer.ExpectTextAsync());
                await peer.SendAsync(Call(function, $"{i}"));
                if (endsBeforeResult)
                    await peer.SendAsync(Complete);
                await ExpectResultAsync(peer);
                if (!endsBeforeResult && !oneTurn)
                    await peer.SendAsync(Complete);
                await peer.SendAsync(Wire.Text($"answer {i}"));
                await peer.SendAsync(Wire.TurnComplete);
            }
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync(With(One, Background));

        for (var i = 0; i < 2; i++)
        {
            var answer = await AskAsync(session);

            Assert.Equal(($"answer {i}", function, oneTurn ? 1 : 2), (answer.Text, answer.ToolCalls.Single().Name, answer.Turns));
        }
    }

    [Fact]
    public async Task The_turn_of_a_call_is_not_idle_and_the_turn_of_its_answer_is()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectTextAsync();
            await peer.SendAsync(Call("two"));
            await peer.SendAsync(Complete);
            await ExpectResultAsync(peer);
            await peer.SendAsync(Wire.Text("two"));
            await peer.SendAsync(Wire.TurnComplete);
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(With(Background));
        await session.SendTextAsync("question");

        Assert.Equal([false, true], (await session.ReadToEndAsync()).OfType<TurnCompleteUpdate>().Select(static turn => turn.IsIdle));
    }

    [Fact]
    public async Task A_silent_result_has_no_answer_of_its_own()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectTextAsync();
            await peer.SendAsync(Call("note"));
            await ExpectResultAsync(peer);
            await peer.SendAsync(Wire.Text("noted"));
            await peer.SendAsync(Wire.TurnComplete);
            await peer.ExpectCloseAsync();
        });
        var note = LiveTool.Function(AIFunctionFactory.Create(() => 1, "note"), Behavior.NonBlocking, Scheduling.Silent);
        await using var session = await server.ConnectAsync(With(note));

        Assert.Equal("noted", (await AskAsync(session)).Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_results_are_answered_in_one_turn_or_in_two(bool inOneTurn)
    {
        var clock = new ArmedClock();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectTextAsync();
            await peer.SendAsync(Wire.Calls("""{"id":"1","name":"two"}""", """{"id":"2","name":"two"}"""));
            await peer.SendAsync(Complete);
            await ExpectResultAsync(peer);
            await ExpectResultAsync(peer);
            await peer.SendAsync(Wire.Text("a"));
            if (!inOneTurn)
                await peer.SendAsync(Wire.TurnComplete);
            await peer.SendAsync(Wire.Text("b"));
            await peer.SendAsync(Wire.TurnComplete);
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync(With(Background), options => options.TimeProvider = clock);

        var asking = session.AskAsync("question");
        if (inOneTurn)
        {
            await clock.ArmedAsync(TimeSpan.FromSeconds(3));
            clock.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.Equal("ab", (await Expect.WithinAsync(asking, "the exchange ends")).Text);
    }

    [Fact]
    public async Task Thinking_ends_with_an_idle_status_of_its_own()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectTextAsync();
            await peer.SendAsync(Wire.Text("wait"));
            await peer.SendAsync("""{"serverContent":{"turnComplete":true,"interactionStatus":"IN_PROGRESS"}}""");
            await peer.SendAsync(Wire.Text(" done"));
            await peer.SendAsync("""{"serverContent":{"turnComplete":true,"interactionStatus":"IN_PROGRESS"}}""");
            await peer.SendAsync("""{"serverContent":{"interactionStatus":"IDLE"}}""");
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync();

        Assert.Equal(("wait done", 2), (await AskAsync(session) is var answer ? (answer.Text, answer.Turns) : default));
    }

    [Fact]
    public async Task What_answers_earlier_input_is_not_part_of_the_answer()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectTextAsync();
            await peer.SendAsync(Wire.Text("old"));
            Assert.Equal("question", await peer.ExpectTextAsync());
            await peer.SendAsync("""{"serverContent":{"interrupted":true}}""");
            await peer.SendAsync(Complete);
            await peer.SendAsync(Wire.Text("new"));
            await peer.SendAsync(Wire.TurnComplete);
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync();
        await session.SendTextAsync("earlier");
        await session.NextAsync<TextUpdate>();

        var answer = await AskAsync(session);

        Assert.Equal(("new", 1, false), (answer.Text, answer.Turns, answer.WasInterrupted));
    }

    [Fact]
    public async Task An_exchange_survives_a_reconnect()
    {
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("h1"));
                await peer.ExpectTextAsync();
                await peer.SendAsync(Wire.Text("half "));
                peer.Cut();
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                Assert.Equal("question", await peer.ExpectTextAsync());
                await peer.SendAsync(Wire.Text("half and half"));
                await peer.SendAsync(Wire.TurnComplete);
                await peer.ExpectCloseAsync();
            });
        await using var session = await server.ConnectAsync();
        await session.NextAsync<ResumptionUpdate>();

        Assert.Equal("half and half", (await AskAsync(session)).Text);
    }

    [Fact]
    public async Task An_exchange_ends_with_the_cause_when_the_session_ends()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectTextAsync();
            await peer.SendAsync(Wire.Text("half"));
            await peer.CloseAsync(1008, "No.");
        });
        await using var session = await server.ConnectAsync();

        var ended = await Assert.ThrowsAsync<LiveSessionException>(() => AskAsync(session));
        Assert.Equal((EndCause.Forbidden, "No."), (ended.Cause, ended.End.Reason));
        Assert.Equal(EndCause.Forbidden, (await Assert.ThrowsAsync<LiveSessionException>(() => AskAsync(session))).Cause);
    }

    [Fact]
    public async Task An_exchange_ends_when_the_client_closes_or_cancels()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectTextAsync();
            await peer.SendAsync(Wire.Text("half"));
            await peer.ExpectTextAsync();
            await peer.SendAsync(Complete);
            await peer.SendAsync(Wire.Text("next"));
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync();
        using var cancellation = new CancellationTokenSource();

        await Expect.WithinAsync(
            Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (var update in session.AskStreamingAsync("question", cancellation.Token))
                {
                    // The turn is open from now on, so that the next question is answered by another one.
                    if (update is TextUpdate)
                        await cancellation.CancelAsync();
                }
            }),
            "the exchange is cancelled");
        var asking = AskAsync(session);
        await Expect.WithinAsync(session.CloseAsync(), "the session closes");

        Assert.Equal(EndCause.ByClient, (await Assert.ThrowsAsync<LiveSessionException>(() => asking)).Cause);
    }

    [Fact]
    public async Task A_silent_model_ends_the_exchange_and_not_the_session()
    {
        var clock = new ArmedClock();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectTextAsync();
            await peer.ExpectTextAsync();
            await peer.SendAsync(Wire.Text("here"));
            await peer.SendAsync(Wire.TurnComplete);
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync(configure: options => options.TimeProvider = clock);

        var asking = session.AskAsync("question");
        await clock.ArmedAsync(TimeSpan.FromSeconds(30));
        clock.Advance(TimeSpan.FromSeconds(30));

        var silent = await Assert.ThrowsAsync<TimeoutException>(() => Expect.WithinAsync(asking, "the exchange ends"));
        Assert.Contains("within 30 s", silent.Message, StringComparison.Ordinal);
        Assert.Equal("here", (await AskAsync(session)).Text);
    }

    [Fact]
    public async Task A_call_that_the_session_does_not_run_ends_the_exchange()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectTextAsync();
            await peer.SendAsync(Call("mine"));
            await ExpectResultAsync(peer);
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync(With(new Tool { FunctionDeclarations = [new FunctionDeclaration { Name = "mine" }] }));

        Assert.Contains("mine", (await Assert.ThrowsAsync<InvalidOperationException>(() => AskAsync(session))).Message, StringComparison.Ordinal);
        await session.SendToolResponsesAsync([new FunctionResponse { Id = "1", Name = "mine", Response = JsonElement.Parse("{}") }]);
    }

    [Fact]
    public async Task Calls_can_be_answered_while_an_exchange_is_read()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectTextAsync();
            await peer.SendAsync(Wire.Calls("""{"name":"mine"}"""));
            await peer.SendAsync(Complete);
            await ExpectResultAsync(peer);
            await peer.SendAsync(Wire.Text("done"));
            await peer.SendAsync(Wire.TurnComplete);
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync(With(new Tool { FunctionDeclarations = [new FunctionDeclaration { Name = "mine" }] }));
        var text = "";

        await foreach (var update in session.AskStreamingAsync("question"))
        {
            if (update is ToolCallUpdate)
                await session.SendToolResponsesAsync([new FunctionResponse { Name = "mine", Response = JsonElement.Parse("{}") }]);
            if (update is TextUpdate piece)
                text += piece.Text;
        }

        Assert.Equal("done", text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_recording_is_a_question(bool manual)
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            if (manual)
                Assert.True((await peer.ExpectAsync()).GetProperty("realtimeInput").TryGetProperty("activityStart", out _));
            for (var i = 0; i < 3; i++)
                Assert.True((await peer.ExpectAsync()).GetProperty("realtimeInput").TryGetProperty("audio", out _));
            Assert.True((await peer.ExpectAsync()).GetProperty("realtimeInput").TryGetProperty(manual ? "activityEnd" : "audioStreamEnd", out _));
            await peer.SendAsync("""{"serverContent":{"inputTranscription":{"text":" hello"}}}""");
            await peer.SendAsync(Wire.Text("hi"));
            await peer.SendAsync(Wire.TurnComplete);
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync(new LiveSetup
        {
            Model = "gemini-test",
            RealtimeInput = manual ? new() { AutomaticActivityDetection = new() { Disabled = true } } : null,
        });

        var answer = await Expect.WithinAsync(
            session.AskAsync(new MemoryStream(new byte[3 * 1_280]), pacing: AudioPacing.AsFastAsPossible), "the exchange ends");

        Assert.Equal(("hi", "hello"), (answer.Text, answer.InputTranscript));
    }

    [Fact]
    public async Task An_answer_before_the_end_of_a_recording_may_be_the_last()
    {
        var clock = new ArmedClock();
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectAsync();
            await peer.SendAsync(Wire.Text("hi"));
            await peer.SendAsync(Wire.TurnComplete);
            await peer.ExpectAsync();
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync(configure: options => options.TimeProvider = clock);

        var asking = Task.Run(async () =>
        {
            var text = "";
            await foreach (var update in session.AskStreamingAsync(new HalfOpenStream(over.Task), pacing: AudioPacing.AsFastAsPossible))
            {
                text += (update as TextUpdate)?.Text;
                if (update is TurnCompleteUpdate)
                    over.SetResult();
            }
            return text;
        });
        await clock.ArmedAsync(TimeSpan.FromSeconds(3));
        clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal("hi", await Expect.WithinAsync(asking, "the exchange ends"));
    }

    [Fact]
    public async Task A_question_is_not_sent_while_another_loop_reads()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync();
        await using var reading = session.ReadAllAsync().GetAsyncEnumerator();
        Assert.True(await reading.MoveNextAsync());

        Assert.Contains("Another loop", (await Assert.ThrowsAsync<InvalidOperationException>(() => AskAsync(session))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_end_is_refused()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectTextAsync();
            for (var i = 0; i < 3; i++)
                await peer.SendAsync(Wire.Audio(new byte[1_000]));
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync(configure: static options => options.MaxAnswerBytes = 2_500);

        Assert.Contains("MaxAnswerBytes", (await Assert.ThrowsAsync<InvalidOperationException>(() => AskAsync(session))).Message, StringComparison.Ordinal);
    }

    /// <summary>One piece of audio, then nothing until the test says that the recording is over.</summary>
    private sealed class HalfOpenStream(Task over) : MemoryStream
    {
        private int _left = 1_280;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left == 0)
                await over.WaitAsync(cancellationToken);
            var read = Math.Min(buffer.Length, _left);
            _left -= read;
            return read;
        }
    }
}
