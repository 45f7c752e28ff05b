using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>Stops the server with SIGTERM, as a service manager does, during a session.</summary>
public sealed class StopTests(ParleyProcess server) : IClassFixture<ParleyProcess>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stopped_server_sends_goAway_closes_its_sessions_and_exits_with_0()
    {
        await using var socket = await server.OpenSessionAsync(Cancellation);
        await socket.SendJsonAsync("""{"realtimeInput":{"text":"Please tell me a long story."} }""", Cancellation);
        await socket.ReceiveUntilAsync(frame => frame.At("serverContent", "modelTurn") is not null, "the story begins", Cancellation);

        var stopping = server.StopAsync();
        await socket.ReceiveUntilAsync(frame => frame.Has("goAway"), "goAway", Cancellation);

        Assert.Equal(1001, (await socket.ExpectCloseAsync(skipMessages: true, Cancellation)).Code);
        Assert.Equal(0, await stopping);
    }

    [Fact]
    public async Task Server_stopped_right_after_start_exits_with_0()
    {
        using var process = ChildProcess.Start(
            "dotnet", [Repository.Tool, "serve", "--port", "0"], new Dictionary<string, string>(), "Install the .NET SDK.");
        await process.Lines.FirstAsync(
            static line => line.Text.Contains("http://127.0.0.1:", StringComparison.Ordinal), "the server prints its address",
            Cancellation);

        process.Terminate();

        Assert.Equal(0, await Expect.WithinAsync(process.Exited, "the server ends", Cancellation));
    }
}
