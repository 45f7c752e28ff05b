using Microsoft.Extensions.AI;
using Parley.Client.Tests.Scripted;
using static Parley.Extensions.AI.Tests.Conversing;

namespace Parley.Extensions.AI.Tests.Middleware;

/// <summary>
/// The function middleware of Microsoft.Extensions.AI works over the adapter, with its limits; UseLiveFunctionInvocation has none of them.
/// </summary>
public class FunctionMiddlewareTests
{
    private const string TurnComplete = """{"serverContent":{"turnComplete":true}}""";

    public static TheoryData<bool> Both => [false, true];

    [Theory]
    [MemberData(nameof(Both))]
    public async Task A_function_is_run_and_its_result_sent(bool ours)
    {
        string? heard = null;
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(ToolCall("1", "light", """{"room":"kitchen"}"""));
            heard = (await peer.ExpectAsync()).GetRawText();
            await peer.SendAsync(TurnComplete);
            await peer.ExpectCloseAsync();
        });
        using var client = Build(server, ours);
        await using var session = await client.OpenAsync(new RealtimeSessionOptions { Tools = [AIFunctionFactory.Create((string room) => $"{room} is lit", "light")] });

        await session.ReadResponseAsync();

        Assert.Equal("""{"toolResponse":{"functionResponses":[{"id":"1","name":"light","response":{"result":"kitchen is lit"}}]}}""", heard);
    }

    [Fact]
    public async Task Standard_function_invocation_stops_audio_while_a_function_runs()
    {
        await using var talk = await BusyFunctionAsync(ours: false);

        // The call is delivered and the audio after it is sent; the audio cannot arrive before the function is done.
        Assert.False(talk.Next.IsCompleted);
        talk.Release.SetResult();
        Assert.Equal(RealtimeServerMessageType.OutputAudioDelta, await Expect.WithinAsync(talk.Next, "the sound, late"));
    }

    [Fact]
    public async Task Live_function_invocation_lets_audio_through_while_a_function_runs()
    {
        await using var talk = await BusyFunctionAsync(ours: true);

        Assert.Equal(RealtimeServerMessageType.OutputAudioDelta, await Expect.WithinAsync(talk.Next, "the sound, in time"));
        talk.Release.SetResult();
    }

    [Fact]
    public async Task Standard_function_invocation_stops_after_forty_calls()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await CallAsync(peer, 40);
            await peer.SendAsync(ToolCall("41", "f"));
            await peer.SendAsync(TurnComplete);
            await peer.ExpectCloseAsync();
        });
        Assert.Equal(40, await CountRunsAsync(server, ours: false));
    }

    [Fact]
    public async Task Live_function_invocation_has_no_limit_on_calls()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await CallAsync(peer, 60);
            await peer.SendAsync(TurnComplete);
            await peer.ExpectCloseAsync();
        });
        Assert.Equal(60, await CountRunsAsync(server, ours: true));
    }

    [Fact]
    public async Task Live_function_invocation_hides_exception_messages_by_default()
    {
        var heard = new List<string>();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(ToolCall("1", "f"));
            heard.Add((await peer.ExpectAsync()).GetProperty("toolResponse").GetProperty("functionResponses")[0].GetProperty("response").GetRawText());
            await peer.SendAsync(TurnComplete);
            await peer.ExpectCloseAsync();
        });
        foreach (var details in (bool[])[false, true])
        {
            using var client = server.Realtime().AsBuilder().UseLiveFunctionInvocation(ours => ours.IncludeDetailedErrors = details).Build();
            await using var session = await client.OpenAsync(new RealtimeSessionOptions { Tools = [AIFunctionFactory.Create(new Func<int>(() => throw new InvalidOperationException("secret")), "f")] });
            await session.ReadResponseAsync();
        }

        Assert.Equal(["""{"error":"The function f failed."}""", """{"error":"secret"}"""], heard);
    }

    [Fact]
    public void Live_function_invocation_needs_an_inner_live_client() =>
        Assert.Throws<InvalidOperationException>(() => new OtherClient().AsBuilder().UseLiveFunctionInvocation().Build());

    private static IRealtimeClient Build(ScriptedLiveServer server, bool ours) =>
        ours ? server.Realtime().AsBuilder().UseLiveFunctionInvocation().Build() : server.Realtime().AsBuilder().UseFunctionInvocation().Build();

    private static async Task CallAsync(ScriptedPeer peer, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            await peer.SendAsync(ToolCall(i.ToString(System.Globalization.CultureInfo.InvariantCulture), "f"));
            Assert.Equal(i.ToString(System.Globalization.CultureInfo.InvariantCulture), (await peer.ExpectAsync()).GetProperty("toolResponse").GetProperty("functionResponses")[0].GetProperty("id").GetString());
        }
    }

    private static async Task<int> CountRunsAsync(ScriptedLiveServer server, bool ours)
    {
        var runs = 0;
        using var client = Build(server, ours);
        await using var session = await client.OpenAsync(new RealtimeSessionOptions { Tools = [AIFunctionFactory.Create(() => Interlocked.Increment(ref runs), "f")] });
        await session.ReadResponseAsync();
        return runs;
    }

    private static async Task<BusyTalk> BusyFunctionAsync(bool ours)
    {
        var (started, release, sent) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(ToolCall("1", "slow"));
            await peer.SendAsync(Wire.Audio([1, 2]));
            sent.SetResult();
            await peer.ExpectAsync();
            await peer.ExpectCloseAsync();
        });
        var client = Build(server, ours);
        var session = await client.OpenAsync(new RealtimeSessionOptions
        {
            Tools = [AIFunctionFactory.Create(async () => { started.SetResult(); await release.Task; }, "slow")],
        });
        await session.ReadUntilAsync(message => message.Type == LiveMessageTypes.Other);
        var reading = session.GetStreamingResponseAsync().GetAsyncEnumerator();
        Assert.True(await reading.MoveNextAsync());
        Assert.Equal(RealtimeServerMessageType.ResponseCreated, reading.Current.Type);
        Assert.True(await reading.MoveNextAsync());
        Assert.IsType<FunctionCallContent>(Assert.Single(Assert.IsType<ResponseOutputItemRealtimeServerMessage>(reading.Current).Item!.Contents));
        var next = NextAsync(reading);
        await Expect.WithinAsync(Task.WhenAll(started.Task, sent.Task), "the function runs and the sound is on its way");
        return new BusyTalk(server, client, session, reading, next, release);
    }

    private static async Task<RealtimeServerMessageType> NextAsync(IAsyncEnumerator<RealtimeServerMessage> reading) =>
        await reading.MoveNextAsync() ? reading.Current.Type : throw new ExpectationException("The stream ended.");

    private sealed record BusyTalk(
        ScriptedLiveServer Server, IRealtimeClient Client, IRealtimeClientSession Session, IAsyncEnumerator<RealtimeServerMessage> Reading,
        Task<RealtimeServerMessageType> Next, TaskCompletionSource Release) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            // The tool response, which the script waits for.
            var answered = Server.Logs.FirstAsync(entry => entry.Message.Contains("Tool calls answered", StringComparison.Ordinal), "an answer");
            if (Client is not LiveFunctionInvokingRealtimeClient)
                answered = Task.FromResult(Server.Logs.Entries[0]);
            await answered;
            await Reading.DisposeAsync();
            await Session.DisposeAsync();
            Client.Dispose();
            await Server.DisposeAsync();
        }
    }

    private sealed class OtherClient : IRealtimeClient
    {
        public Task<IRealtimeClientSession> CreateSessionAsync(RealtimeSessionOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
