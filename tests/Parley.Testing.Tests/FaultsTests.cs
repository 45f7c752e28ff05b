using Microsoft.Extensions.AI;
using Parley.Client;

namespace Parley.Testing.Tests;

/// <summary>What a real client makes of faults.</summary>
public sealed class FaultsTests
{
    private static readonly LiveSetup Setup = new() { Model = Conversing.Model, OutputTranscription = true };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cut")]
    [InlineData("halfClose")]
    [InlineData("endWithoutClose")]
    [InlineData("cutInside")]
    [InlineData("garbage")]
    public async Task Connection_that_breaks_in_the_first_answer_is_resumed(string action)
    {
        await using var server = await StartAsync();
        server.Faults.Add(new FaultDescription { Point = "firstAudio", Action = action });
        await using var call = await Conversing.StartAsync(server);

        await call.Session.SendTextAsync("hello", Cancellation);
        var resumed = await NextAsync<ReconnectedUpdate>(server, call);
        await server.QuietAsync(Cancellation);

        Assert.True(resumed.IsResumed);
        Assert.Equal(2, server.Journal.Connections);
        Assert.Equal(server.Journal.Setups[0].Model, server.Journal.Setup.Model);
        Assert.NotNull(server.Journal.Setup.SessionResumption?.Handle);
        var injected = Assert.Single(server.Faults.Injected);
        Assert.Equal((FaultPoint.FirstAudio, 1), (injected.Point, injected.Connection));
        Assert.Equal(action == "cutInside" ? 0 : 1, call.Updates.TakeWhile(static update => update is not ReconnectingUpdate).OfType<AudioUpdate>().Count());
        server.Faults.Verify();
    }

    [Fact]
    public async Task Refused_reconnect_is_tried_again()
    {
        await using var server = await StartAsync();
        server.Faults.At(FaultPoint.TurnComplete).Cuts();
        server.Faults.At(FaultPoint.Connect).OnConnection(2).RefusesHttp(429, """{"error":{"code":429}}""", TimeSpan.FromSeconds(3));
        await using var call = await Conversing.StartAsync(server);

        await call.Session.SendTextAsync("hello", Cancellation);
        await call.TurnsAsync(1);
        await server.AdvanceAsync(TimeSpan.FromMinutes(5), Cancellation);

        Assert.Equal(2, (await call.FirstAsync<ReconnectedUpdate>()).Attempts);
        Assert.Equal(["cut", "refuseHttp 429"], server.Faults.Injected.Select(static fault => fault.Action));
        server.Verify();
    }

    [Fact]
    public async Task Refused_connection_reports_status_body_and_retry_after()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.Faults.At(FaultPoint.Connect).RefusesHttp(503, "busy", TimeSpan.FromSeconds(1.5));
        using var http = new HttpRequestMessage(HttpMethod.Get, new Uri(server.BaseAddress, "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=test-key"));
        http.Headers.Add("Connection", "Upgrade");
        http.Headers.Add("Upgrade", "websocket");

        using var response = await server.Invoker.SendAsync(http, Cancellation);

        Assert.Equal((503, "busy", TimeSpan.FromSeconds(2)), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation), response.Headers.RetryAfter?.Delta));
        Assert.Empty(server.Journal.Entries);
    }

    [Fact]
    public async Task Setup_is_refused_with_a_close_and_never_reaches_the_server()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.Faults.At(FaultPoint.Setup).Closes(1008, "Quota exceeded for this project.");

        var error = await Assert.ThrowsAsync<LiveConnectException>(() => server.CreateClient().ConnectAsync(Setup, Cancellation));

        Assert.Equal((1008, "Quota exceeded for this project."), (error.CloseCode, error.Reason));
        Assert.Empty(server.Journal.Setups);
    }

    [Fact]
    public async Task Frozen_connection_is_noticed_and_resumed_in_virtual_time()
    {
        await using var server = await StartAsync();
        server.Faults.At(FaultPoint.TurnComplete).Freezes();
        await using var call = await Conversing.StartAsync(server);
        await call.Session.SendTextAsync("hello", Cancellation);
        await call.TurnsAsync(1);
        await call.Session.SendTextAsync("hello again", Cancellation);

        await server.AdvanceAsync(TimeSpan.FromSeconds(89), Cancellation);
        Assert.Single(server.Journal.Texts);
        await server.AdvanceAsync(TimeSpan.FromSeconds(31), Cancellation);

        Assert.Equal(EndCause.Network, (await call.FirstAsync<ReconnectingUpdate>()).Cause);
        Assert.Equal(["hello", "hello again"], server.Journal.Texts);
        await call.TurnsAsync(2);
    }

    [Fact]
    public async Task Frozen_connection_goes_on_when_it_thaws()
    {
        await using var server = await StartAsync();
        server.Faults.At(FaultPoint.TurnComplete).Freezes(TimeSpan.FromSeconds(20));
        await using var call = await Conversing.StartAsync(server);
        await call.Session.SendTextAsync("hello", Cancellation);
        await call.TurnsAsync(1);
        await call.Session.SendTextAsync("hello again", Cancellation);

        await server.AdvanceAsync(TimeSpan.FromSeconds(19), Cancellation);
        Assert.Single(server.Journal.Texts);
        await server.AdvanceAsync(TimeSpan.FromSeconds(1), Cancellation);

        await call.TurnsAsync(2);
        Assert.Equal(1, server.Journal.Connections);
    }

    [Fact]
    public async Task Lost_handle_is_refused_by_the_server()
    {
        await using var server = await StartAsync();
        server.Faults.At(FaultPoint.TurnComplete).Cuts();
        server.Faults.At(FaultPoint.Setup).LosesHandle();
        await using var call = await Conversing.StartAsync(server);

        await call.Session.SendTextAsync("hello", Cancellation);
        await call.TurnsAsync(1);
        await server.AdvanceAsync(TimeSpan.FromMinutes(1), Cancellation);

        Assert.Equal(EndCause.InvalidHandle, (await Expect.WithinAsync(call.Session.Completion, "the session ends", Cancellation)).Cause);
        server.Faults.Verify();
    }

    [Fact]
    public async Task Delayed_setup_runs_into_the_timeout_of_the_client()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.Faults.At(FaultPoint.SetupComplete).Delays(TimeSpan.FromMinutes(2));
        var connecting = server.CreateClient().ConnectAsync(Setup, Cancellation);

        await server.AdvanceAsync(TimeSpan.FromMinutes(1), Cancellation);

        Assert.Equal(EndCause.Timeout, (await Assert.ThrowsAsync<LiveConnectException>(() => Expect.WithinAsync(connecting, "connecting ends", Cancellation))).Cause);
    }

    [Fact]
    public async Task Connect_waits_for_a_delayed_response()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.Faults.At(FaultPoint.Connect).Delays(TimeSpan.FromSeconds(5));
        var connecting = server.CreateClient().ConnectAsync(Setup, Cancellation);

        await server.AdvanceAsync(TimeSpan.FromSeconds(4.9), Cancellation);
        Assert.False(connecting.IsCompleted);
        await server.AdvanceAsync(TimeSpan.FromSeconds(.1), Cancellation);

        await using var session = await Expect.WithinAsync(connecting, "the session opens", Cancellation);
    }

    [Fact]
    public async Task Tool_response_that_is_lost_with_its_connection_is_not_sent_to_the_next_one()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("lamp").Calls("set_lamp").Says("Done.").Times(2);
        server.Faults.At(FaultPoint.ToolResponse).Closes(1011, "Internal error encountered.");
        var runs = 0;
        await using var call = await Conversing.StartAsync(server, Setup with { Model = Conversing.BlockingModel, Tools = [AIFunctionFactory.Create(() => ++runs, "set_lamp")] });

        await call.Session.SendTextAsync("lamp", Cancellation);
        await server.AdvanceAsync(TimeSpan.FromMinutes(1), Cancellation);

        Assert.Equal("Done.", call.Said);
        Assert.Equal(1011, (await call.FirstAsync<ReconnectingUpdate>()).CloseCode);
        Assert.Single(server.Journal.ToolResponses);
        server.Verify();
    }

    [Fact]
    public async Task Fault_at_a_time_hits_the_connections_that_are_open()
    {
        await using var server = await StartAsync();
        server.Faults.At(FaultPoint.Time(TimeSpan.FromMinutes(2))).EveryTime().Closes(1012);
        await using var first = await Conversing.StartAsync(server);
        await using var second = await Conversing.StartAsync(server);

        await server.AdvanceAsync(TimeSpan.FromMinutes(3), Cancellation);

        Assert.Equal([(1, 2.0), (2, 2.0)], server.Faults.Injected.Select(static fault => (fault.Connection, fault.Time.TotalMinutes)).Order());
        Assert.Equal([1012, 1012], [(await first.FirstAsync<ReconnectingUpdate>()).CloseCode, (await second.FirstAsync<ReconnectingUpdate>()).CloseCode]);
    }

    [Fact]
    public async Task Fault_after_goAway_closes_when_its_time_is_over()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("leave").GoesAway(TimeSpan.FromSeconds(50)).LeavesTurnOpen();
        server.Faults.At(FaultPoint.GoAway).After(TimeSpan.FromSeconds(50)).Optional().Closes(1008, "The operation was aborted");
        await using var call = await Conversing.StartAsync(server);

        await call.Session.SendTextAsync("leave", Cancellation);
        await server.AdvanceAsync(TimeSpan.FromMinutes(1), Cancellation);

        Assert.True((await call.FirstAsync<ReconnectedUpdate>()).IsResumed);
    }

    [Fact]
    public async Task Fault_can_be_added_to_a_connection_that_is_open()
    {
        await using var server = await StartAsync();
        await using var call = await Conversing.StartAsync(server);
        await call.Session.SendTextAsync("hello", Cancellation);
        await call.TurnsAsync(1);

        server.Faults.At(FaultPoint.TurnComplete).Drops();
        await call.Session.SendTextAsync("hello", Cancellation);
        await server.QuietAsync(Cancellation);

        Assert.Single(call.Updates.OfType<TurnCompleteUpdate>());
        server.Faults.Verify();
    }

    [Fact]
    public async Task Server_that_stops_reading_makes_the_client_wait()
    {
        await using var server = await StartAsync();
        server.Faults.At(FaultPoint.SetupComplete).ReadsSlowly();
        await using var call = await Conversing.StartAsync(server);

        var sending = call.Session.SendTextAsync(new string('a', 300_000) + " hello", Cancellation).AsTask();
        await server.QuietAsync(Cancellation);

        Assert.Empty(server.Journal.Texts);
        server.CutConnections();
        await server.AdvanceAsync(TimeSpan.FromMinutes(1), Cancellation);
        await sending;
        Assert.Single(server.Journal.Texts);
    }

    [Fact]
    public async Task Slow_connection_delivers_at_its_rate()
    {
        await using var server = await StartAsync();
        server.Faults.At(FaultPoint.SetupComplete).WritesSlowly(10_000);
        await using var call = await Conversing.StartAsync(server);
        await call.Session.SendTextAsync("hello", Cancellation);

        await server.AdvanceAsync(TimeSpan.FromSeconds(1), Cancellation);
        var early = call.Updates.OfType<AudioUpdate>().Sum(static audio => audio.Pcm.Length);
        await server.AdvanceAsync(TimeSpan.FromSeconds(20), Cancellation);

        Assert.InRange(early, 1, 10_000);
        Assert.True(call.Updates.OfType<AudioUpdate>().Sum(static audio => audio.Pcm.Length) > 10_000);
        await call.TurnsAsync(1);
    }

    [Fact]
    public async Task Same_faults_work_over_a_port()
    {
        await using var server = await LiveTestServer.StartAsync(static options => (options.Port, options.TimeProvider) = (0, TimeProvider.System), Cancellation);
        server.When("hello").Says("Hi.").Optional();
        server.Faults.At(FaultPoint.Connect).RefusesHttp(429);
        server.Faults.At(FaultPoint.FirstAudio).Cuts();
        server.Faults.At(FaultPoint.TurnComplete).HalfCloses();
        var client = server.CreateClient(static options => options.Invoker = null);

        Assert.Equal(429, (int?)(await Assert.ThrowsAsync<LiveConnectException>(() => client.ConnectAsync(Setup, Cancellation))).StatusCode);
        await using var session = await client.ConnectAsync(Setup, Cancellation);
        var updates = session.ReadAllAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        await session.SendTextAsync("hello", Cancellation);
        var back = 0;
        while (back < 2 && await updates.MoveNextAsync())
            back += updates.Current is ReconnectedUpdate { IsResumed: true } ? 1 : 0;

        server.Faults.Verify();
    }

    private static async Task<LiveTestServer> StartAsync()
    {
        var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("hello").Says("Hi there.").Optional();
        return server;
    }

    // The client may wait before it connects again.
    private static async Task<T> NextAsync<T>(LiveTestServer server, Conversing call)
        where T : LiveUpdate
    {
        await server.AdvanceAsync(TimeSpan.FromSeconds(10), Cancellation);
        return await call.FirstAsync<T>();
    }
}
