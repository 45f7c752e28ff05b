using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Client.Tests.Scripted;
using Parley.Protocol;

namespace Parley.Client.Tests.Tools;

public class ToolTests
{
    private static LiveSetup With(params LiveTool[] tools) => new() { Model = "gemini-test", Tools = tools };

    private static string Calls(params string[] calls) => $$$"""{"toolCall":{"functionCalls":[{{{string.Join(',', calls)}}}]}}""";

    private static async Task<Dictionary<string, JsonElement>> ExpectAnswersAsync(ScriptedPeer peer) =>
        (await peer.ExpectAsync()).GetProperty("toolResponse").GetProperty("functionResponses").EnumerateArray()
            .ToDictionary(answer => answer.GetProperty("id").GetString()!);

    [Fact]
    public async Task A_function_is_declared_run_and_answered()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            var declaration = peer.Setup.GetProperty("tools")[0].GetProperty("functionDeclarations")[0];
            Assert.Equal("weather", declaration.GetProperty("name").GetString());
            Assert.Equal("Says the weather.", declaration.GetProperty("description").GetString());
            Assert.Equal("string", declaration.GetProperty("parametersJsonSchema").GetProperty("properties").GetProperty("city").GetProperty("type").GetString());
            await peer.SendAsync(Calls("""{"id":"c1","name":"weather","args":{"city":"Bern"}}"""));
            Assert.Equal("""{"id":"c1","name":"weather","response":{"result":"sunny in Bern"}}""", (await ExpectAnswersAsync(peer))["c1"].GetRawText());
            await peer.CloseAsync(1000);
        });
        var weather = AIFunctionFactory.Create((string city) => $"sunny in {city}", "weather", "Says the weather.");
        await using var session = await server.ConnectAsync(With(weather));

        Assert.Equal("c1", Assert.Single((await session.NextAsync<ToolCallUpdate>()).Calls).Id);
        Assert.True((await session.EndAsync()).IsNormal);
    }

    [Fact]
    public async Task An_answer_is_reported_when_it_has_been_sent()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Calls("""{"id":"c1","name":"light"}"""));
            await ExpectAnswersAsync(peer);
            await peer.CloseAsync(1000);
        });
        var sent = new ReportsAtSend(server.Logs);
        await using var session = await server.ConnectAsync(With(AIFunctionFactory.Create(() => "lit", "light")), options => options.MessageObserver = sent);

        Assert.True((await session.EndAsync()).IsNormal);
        Assert.Equal([0, 0], sent.Reports);
        await Expect.WithinAsync(server.Logs.FirstAsync(IsReport, "the report"), "the report");
    }

    private static bool IsReport(LogEntry entry) => entry.Message.Contains("Tool calls answered", StringComparison.Ordinal);

    // Number of answers the log had reported when a message was sent: the setup, then the answer.
    private sealed class ReportsAtSend(LogRecorder logs) : ILiveMessageObserver
    {
        internal List<int> Reports { get; } = [];

        public void Sent(ReadOnlySpan<byte> message) => Reports.Add(logs.Entries.Count(IsReport));

        public void Received(ReadOnlySpan<byte> message)
        {
        }
    }

    [Fact]
    public async Task Results_of_every_type_become_objects()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            Assert.False(peer.Setup.GetProperty("tools")[0].GetProperty("functionDeclarations")[0].TryGetProperty("parametersJsonSchema", out _));
            await peer.SendAsync(Calls("""{"id":"1","name":"number"}""", """{"id":"2","name":"nothing"}""", """{"id":"3","name":"object"}""", """{"id":"4","name":"list"}"""));
            var answers = await ExpectAnswersAsync(peer);
            Assert.Equal(
                ["""{"result":42}""", """{"result":null}""", """{"degrees":21}""", """{"result":[1,2]}"""],
                answers.OrderBy(answer => answer.Key).Select(answer => answer.Value.GetProperty("response").GetRawText()));
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(With(
            AIFunctionFactory.Create(() => 42, "number"),
            AIFunctionFactory.Create(() => { }, "nothing"),
            AIFunctionFactory.Create(() => new Dictionary<string, int> { ["degrees"] = 21 }, "object"),
            AIFunctionFactory.Create(() => new[] { 1, 2 }, "list")));

        Assert.True((await session.EndAsync()).IsNormal);
    }

    [Fact]
    public async Task A_failing_and_an_unknown_function_are_answered_and_shown()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Calls("""{"id":"1","name":"fails"}""", """{"id":"2","name":"no_such"}"""));
            var answers = await ExpectAnswersAsync(peer);
            Assert.Equal("""{"error":"The function fails failed."}""", answers["1"].GetProperty("response").GetRawText());
            Assert.Contains("no_such", answers["2"].GetProperty("response").GetProperty("error").GetString(), StringComparison.Ordinal);
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync(With(AIFunctionFactory.Create(string () => throw new InvalidOperationException("no such city"), "fails")));

        var first = await session.NextAsync<ToolFailedUpdate>();
        var second = await session.NextAsync<ToolFailedUpdate>();

        Assert.Equal(("1", "no such city"), (first.Call.Id, first.Error?.Message));
        Assert.Equal(("2", null), (second.Call.Id, second.Error?.Message));
    }

    [Fact]
    public async Task Functions_run_side_by_side_and_reading_goes_on_meanwhile()
    {
        var both = new Barrier();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Calls("""{"id":"1","name":"meet"}""", """{"id":"2","name":"meet"}"""));
            await peer.SendAsync(Wire.Text("meanwhile"));
            Assert.Equal(["1", "2"], (await ExpectAnswersAsync(peer)).Keys.Order());
            await peer.SendAsync("""{"serverContent":{"turnComplete":true}}""");
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(With(AIFunctionFactory.Create(() => both.MeetAsync(), "meet")));

        await session.NextAsync<TextUpdate>();
        both.Open.SetResult();

        Assert.True((await session.EndAsync()).IsNormal);
    }

    [Fact]
    public async Task A_cancelled_call_stops_and_is_never_answered()
    {
        var started = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Calls("""{"id":"1","name":"slow"}""", """{"id":"2","name":"quick"}"""));
            await Expect.WithinAsync(started.Task, "the slow function starts");
            await peer.SendAsync("""{"serverContent":{"interrupted":true}}""");
            await peer.SendAsync("""{"toolCallCancellation":{"ids":["1","unheard-of"]}}""");
            Assert.Equal(["2"], (await ExpectAnswersAsync(peer)).Keys);
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(With(
            AIFunctionFactory.Create(() => "done", "quick"),
            AIFunctionFactory.Create(async (CancellationToken stop) =>
            {
                started.SetResult(stop);
                await Task.Delay(Timeout.Infinite, stop);
            }, "slow")));

        Assert.Equal(["1", "unheard-of"], (await session.NextAsync<ToolCallCancelledUpdate>()).Ids);
        Assert.True((await session.EndAsync()).IsNormal);
        Assert.True((await started.Task).IsCancellationRequested);
    }

    [Fact]
    public async Task A_call_that_comes_again_runs_once()
    {
        var runs = 0;
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Calls("""{"id":"1","name":"count"}""", """{"id":"1","name":"count"}"""));
            Assert.Equal(["1"], (await ExpectAnswersAsync(peer)).Keys);
            await peer.SendAsync(Calls("""{"id":"1","name":"count"}"""));
            await peer.SendAsync(Calls("""{"id":"2","name":"count"}"""));
            Assert.Equal(["2"], (await ExpectAnswersAsync(peer)).Keys);
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(With(AIFunctionFactory.Create(() => Interlocked.Increment(ref runs), "count")));

        await session.EndAsync();

        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task A_call_without_an_id_is_answered_by_name()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Calls("""{"name":"open_gate","args":{}}"""));
            Assert.Equal("""{"toolResponse":{"functionResponses":[{"name":"open_gate","response":{"result":true}}]}}""", (await peer.ExpectAsync()).GetRawText());
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(With(AIFunctionFactory.Create(() => true, "open_gate")));

        Assert.True((await session.EndAsync()).IsNormal);
    }

    [Fact]
    public async Task Without_automatic_tools_and_for_declarations_the_application_answers()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Calls("""{"id":"1","name":"mine"}"""));
            Assert.Equal("""{"result":"by hand"}""", (await ExpectAnswersAsync(peer))["1"].GetProperty("response").GetRawText());
            await peer.ExpectCloseAsync();
        });
        var automatic = AIFunctionFactory.Create(() => "automatic", "other");
        var mine = AIFunctionFactory.Create(() => "never", "mine").AsDeclarationOnly();
        foreach (var setup in (LiveSetup[])[With(automatic, mine), With(AIFunctionFactory.Create(() => "never", "mine")) with { AutomaticTools = false }])
        {
            await using var session = await server.ConnectAsync(setup);

            var call = Assert.Single((await session.NextAsync<ToolCallUpdate>()).Calls);
            await session.SendToolResponsesAsync([new FunctionResponse { Id = call.Id, Name = call.Name, Response = JsonElement.Parse("""{"result":"by hand"}""") }]);
        }
    }

    [Fact]
    public async Task The_end_of_the_session_stops_what_runs()
    {
        var started = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Calls("""{"id":"1","name":"slow"}"""));
            await Expect.WithinAsync(started.Task, "the function starts");
            await peer.CloseAsync(1011, "Internal error encountered.");
        });
        await using var session = await server.ConnectAsync(With(AIFunctionFactory.Create(async (CancellationToken stop) =>
        {
            await using var registration = stop.Register(stopped.SetResult);
            started.SetResult(stop);
            await Task.Delay(Timeout.Infinite, stop);
        }, "slow")));

        await Expect.WithinAsync(stopped.Task, "the function is told");
        Assert.Equal(EndCause.Internal, (await session.EndAsync()).Cause);
    }

    [Fact]
    public async Task Scheduling_and_a_response_of_its_own_reach_the_wire()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            Assert.Equal("NON_BLOCKING", peer.Setup.GetProperty("tools")[0].GetProperty("functionDeclarations")[0].GetProperty("behavior").GetString());
            Assert.Equal("{\"googleSearch\":{}}", peer.Setup.GetProperty("tools")[1].GetRawText());
            await peer.SendAsync(Calls("""{"id":"1","name":"note"}"""));
            Assert.Equal("SILENT", (await ExpectAnswersAsync(peer))["1"].GetProperty("scheduling").GetString());
            await peer.CloseAsync(1000);
        });
        var note = LiveTool.Function(AIFunctionFactory.Create(() => "noted", "note"), Behavior.NonBlocking, Scheduling.Silent);
        await using var session = await server.ConnectAsync(With(note, LiveTool.GoogleSearch));

        Assert.True((await session.EndAsync()).IsNormal);
    }

    /// <summary>Releases its callers when two have arrived and it is open.</summary>
    private sealed class Barrier
    {
        private readonly TaskCompletionSource _two = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _here;

        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<string> MeetAsync()
        {
            if (Interlocked.Increment(ref _here) == 2)
                _two.SetResult();
            await _two.Task;
            await Open.Task;
            return "met";
        }
    }
}
