using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Parley.Client.Tests.Scripted;
using Parley.Protocol;
using Parley.TestKit;

namespace Parley.Client.Tests.Tools;

/// <summary>Time limits, approval, streams, parallel calls, and calls across a reconnect.</summary>
public class ToolRuntimeTests
{
    private static LiveSetup With(params LiveTool[] tools) => new() { Model = "gemini-test", Tools = tools };

    private static async Task<List<JsonElement>> ExpectAnswersAsync(ScriptedPeer peer) =>
        [.. (await peer.ExpectAsync()).GetProperty("toolResponse").GetProperty("functionResponses").EnumerateArray()];

    [Theory]
    [InlineData(null)]
    [InlineData(5)]
    public async Task A_late_function_is_answered_with_an_error_and_cancelled(int? ownSeconds)
    {
        var clock = new FakeTimeProvider();
        var started = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Calls("""{"id":"1","name":"slow"}"""));
            await started.Task;
            clock.Advance(TimeSpan.FromSeconds(ownSeconds ?? 60));
            Assert.Contains("within", Assert.Single(await ExpectAnswersAsync(peer)).GetProperty("response").GetProperty("error").GetString(), StringComparison.Ordinal);
            await peer.ExpectCloseAsync();
        });
        var slow = AIFunctionFactory.Create((CancellationToken stop) =>
        {
            started.SetResult(stop);
            return new TaskCompletionSource().Task; // looks at nothing
        }, "slow");
        var tool = LiveTool.Function(slow, timeout: ownSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        await using var session = await server.ConnectAsync(With(tool), options => options.TimeProvider = clock);

        Assert.IsType<TimeoutException>((await session.NextAsync<ToolFailedUpdate>()).Error);
        Assert.True((await started.Task).IsCancellationRequested);
    }

    [Fact]
    public async Task A_call_runs_only_when_it_is_approved_and_a_refusal_is_an_answer()
    {
        var ran = new List<string?>();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Calls("""{"id":"1","name":"pay","args":{"to":"Ann"}}""", """{"id":"2","name":"pay","args":{"to":"Eve"}}"""));
            var answers = (await ExpectAnswersAsync(peer)).ToDictionary(a => a.GetProperty("id").GetString()!, a => a.GetProperty("response").GetRawText());
            Assert.Equal("""{"result":"paid"}""", answers["1"]);
            Assert.Equal("""{"error":"Never pay Eve."}""", answers["2"]);
            await peer.ExpectCloseAsync();
        });
        var setup = With(AIFunctionFactory.Create((string to) =>
        {
            ran.Add(to);
            return "paid";
        }, "pay")) with
        {
            ApproveToolCall = (call, _) => ValueTask.FromResult(
                call.Args!.Value.GetProperty("to").GetString() == "Eve" ? ToolApproval.Refused("Never pay Eve.") : true),
        };
        await using var session = await server.ConnectAsync(setup);

        Assert.Equal("Never pay Eve.", (await session.NextAsync<ToolFailedUpdate>()).Message);
        Assert.Equal(["Ann"], ran);
    }

    [Fact]
    public async Task Results_stream_to_the_model_as_they_come()
    {
        var next = new SyncPoint("the second result");
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            Assert.Equal("NON_BLOCKING", peer.Setup.GetProperty("tools")[0].GetProperty("functionDeclarations")[0].GetProperty("behavior").GetString());
            await peer.SendAsync(Wire.Calls("""{"id":"1","name":"count"}"""));
            Assert.Equal("""{"id":"1","name":"count","response":{"result":1},"scheduling":"WHEN_IDLE","willContinue":true}""", Ordered(Assert.Single(await ExpectAnswersAsync(peer))));
            next.Release();
            Assert.Equal("""{"id":"1","name":"count","response":{"result":2},"scheduling":"WHEN_IDLE","willContinue":true}""", Ordered(Assert.Single(await ExpectAnswersAsync(peer))));
            Assert.Equal("""{"id":"1","name":"count","response":{},"scheduling":"SILENT","willContinue":false}""", Ordered(Assert.Single(await ExpectAnswersAsync(peer))));
            await peer.CloseAsync(1000);
        });

        async IAsyncEnumerable<int> CountAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            yield return 1;
            await next.PassAsync(cancellationToken);
            yield return 2;
        }

        await using var session = await server.ConnectAsync(With(LiveTool.Streaming<int>(CountAsync, "count", scheduling: Scheduling.WhenIdle)));

        Assert.True((await session.EndAsync()).IsNormal);
    }

    [Fact]
    public async Task A_stream_that_fails_ends_with_an_error_and_one_that_blocks_answers_once()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Calls("""{"id":"1","name":"fails"}"""));
            Assert.True(Assert.Single(await ExpectAnswersAsync(peer)).GetProperty("willContinue").GetBoolean());
            var last = Assert.Single(await ExpectAnswersAsync(peer));
            Assert.Equal("""{"error":"The function fails failed."}""", last.GetProperty("response").GetRawText());
            Assert.False(last.TryGetProperty("willContinue", out _));
            await peer.SendAsync(Wire.Calls("""{"id":"2","name":"blocks"}"""));
            Assert.Equal("""{"result":["a","b"]}""", Assert.Single(await ExpectAnswersAsync(peer)).GetProperty("response").GetRawText());
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(With(
            LiveTool.Streaming<string>(Failing, "fails"), LiveTool.Streaming<string>(Two, "blocks", behavior: Behavior.Blocking)));

        Assert.Equal("broken", (await session.NextAsync<ToolFailedUpdate>()).Error?.Message);
        Assert.True((await session.EndAsync()).IsNormal);

        static async IAsyncEnumerable<string> Failing()
        {
            yield return "first";
            await Task.Yield();
            throw new InvalidOperationException("broken");
        }

        static async IAsyncEnumerable<string> Two()
        {
            yield return "a";
            await Task.Yield();
            yield return "b";
        }
    }

    [Fact]
    public async Task A_cancelled_stream_stops_and_sends_nothing_more()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Calls("""{"id":"1","name":"ticks"}"""));
            await ExpectAnswersAsync(peer);
            await peer.SendAsync("""{"toolCallCancellation":{"ids":["1"]}}""");
            await stopped.Task;
            Assert.Equal("still here", await peer.ExpectTextAsync());
            await peer.CloseAsync(1000);
        });

        async IAsyncEnumerable<int> TicksAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await using var registration = cancellationToken.Register(stopped.SetResult);
            yield return 1;
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            yield return 2;
        }

        await using var session = await server.ConnectAsync(With(LiveTool.Streaming<int>(TicksAsync, "ticks")));
        await Expect.WithinAsync(stopped.Task, "the function is told");
        await session.SendTextAsync("still here");

        Assert.True((await session.EndAsync()).IsNormal);
    }

    [Fact]
    public async Task Each_non_blocking_call_is_answered_as_soon_as_it_is_done()
    {
        var slow = new SyncPoint("the slow function");
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Calls("""{"id":"1","name":"slow"}""", """{"id":"2","name":"quick"}"""));
            Assert.Equal("2", Assert.Single(await ExpectAnswersAsync(peer)).GetProperty("id").GetString());
            slow.Release();
            Assert.Equal("1", Assert.Single(await ExpectAnswersAsync(peer)).GetProperty("id").GetString());
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(With(
            LiveTool.Function(AIFunctionFactory.Create(() => slow.PassAsync(), "slow"), Behavior.NonBlocking),
            LiveTool.Function(AIFunctionFactory.Create(() => 1, "quick"), Behavior.NonBlocking)));

        Assert.True((await session.EndAsync()).IsNormal);
    }

    [Fact]
    public async Task Many_calls_are_all_answered_while_audio_goes_on()
    {
        const int Calls = 100;
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            var (answers, sound) = (0, 0);
            for (var i = 0; i < Calls; i++)
                await peer.SendAsync(Wire.Calls($$"""{"id":"{{i}}","name":"one"}"""));
            while (answers < Calls || sound < 10)
            {
                var message = await peer.ExpectAsync();
                answers += message.TryGetProperty("toolResponse", out _) ? 1 : 0;
                sound += message.TryGetProperty("realtimeInput", out _) ? 1 : 0;
            }
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(With(AIFunctionFactory.Create(() => 1, "one")));
        for (var i = 0; i < 10; i++)
            await session.SendAudioAsync(new byte[640]);

        Assert.True((await session.EndAsync()).IsNormal);
    }

    [Fact]
    public async Task A_manual_tool_response_is_sent_once_and_not_after_a_cancellation()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Calls("""{"id":"1","name":"mine"}""", """{"id":"2","name":"mine"}"""));
            await peer.SendAsync("""{"toolCallCancellation":{"ids":["2"]}}""");
            Assert.Equal("1", Assert.Single(await ExpectAnswersAsync(peer)).GetProperty("id").GetString());
            Assert.Equal("that was all", await peer.ExpectTextAsync());
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(With(AIFunctionFactory.Create(() => 1, "mine")) with { AutomaticTools = false });
        await session.NextAsync<ToolCallCancelledUpdate>();

        FunctionResponse[] both = [new() { Id = "1", Name = "mine" }, new() { Id = "2", Name = "mine" }];
        await session.SendToolResponsesAsync(both);
        await session.SendToolResponsesAsync(both);
        await session.SendTextAsync("that was all");

        Assert.True((await session.EndAsync()).IsNormal);
    }

    [Fact]
    public async Task An_open_call_that_the_resumed_state_knows_is_answered_there()
    {
        var lookUp = new SyncPoint("the function");
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Calls("""{"id":"1","name":"look_up"}"""));
                await peer.SendAsync(Wire.Handle("with the call"));
                await lookUp.ReachedAsync();
                peer.Cut();
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                lookUp.Release();
                Assert.Equal("1", Assert.Single(await ExpectAnswersAsync(peer)).GetProperty("id").GetString());
                await peer.CloseAsync(1000);
            });
        await using var session = await server.ConnectAsync(With(LiveTool.Function(AIFunctionFactory.Create(() => lookUp.PassAsync(), "look_up"), Behavior.NonBlocking)));

        Assert.Empty((await session.NextAsync<ReconnectedUpdate>()).Lost.ToolCalls);
        Assert.True((await session.EndAsync()).IsNormal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task A_lost_call_that_is_made_again_is_answered_by_the_run_it_had(string secondId)
    {
        var runs = 0;
        var lookUp = new SyncPoint("the function");
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("before the call"));
                await peer.ExpectTextAsync();
                await peer.SendAsync(Wire.Calls("""{"id":"1","name":"look_up","args":{"of":"a"}}"""));
                await lookUp.ReachedAsync();
                peer.Cut();
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("again"));
                await peer.ExpectTextAsync();
                await peer.SendAsync(Wire.Calls($$$"""{"id":"{{{secondId}}}","name":"look_up","args":{"of":"a"}}"""));
                lookUp.Release();
                Assert.Equal(secondId, Assert.Single(await ExpectAnswersAsync(peer)).GetProperty("id").GetString());
                await peer.SendAsync(Wire.Calls("""{"id":"3","name":"look_up","args":{"of":"b"}}"""));
                Assert.Equal("3", Assert.Single(await ExpectAnswersAsync(peer)).GetProperty("id").GetString());
                await peer.CloseAsync(1000);
            });
        await using var session = await server.ConnectAsync(With(AIFunctionFactory.Create(
            async (string of) =>
            {
                Interlocked.Increment(ref runs);
                await lookUp.PassAsync();
                return of;
            },
            "look_up")));
        await session.NextAsync<ResumptionUpdate>();
        await session.SendTextAsync("look a up, and then b");

        var lost = (await session.NextAsync<ReconnectedUpdate>()).Lost;

        Assert.Equal("1", Assert.Single(lost.ToolCalls).Id);
        Assert.True((await session.EndAsync()).IsNormal);
        Assert.Equal(2, runs);
    }

    private static string Ordered(JsonElement answer) =>
        "{" + string.Join(',', answer.EnumerateObject().OrderBy(static p => p.Name, StringComparer.Ordinal).Select(static p => $"\"{p.Name}\":{p.Value.GetRawText()}")) + "}";
}
