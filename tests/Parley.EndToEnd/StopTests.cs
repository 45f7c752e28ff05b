using Parley.EndToEnd.Harness;
using Parley.TestKit;

namespace Parley.EndToEnd;

/// <summary>A service manager ends the server while somebody talks to it.</summary>
public sealed class StopTests(ParleyProcess server) : IClassFixture<ParleyProcess>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_stopped_says_so_closes_its_sessions_and_ends_well()
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
    public async Task A_server_that_is_stopped_as_soon_as_it_says_where_it_is_ends_well()
    {
        using var process = ChildProcess.Start("dotnet", [Repository.Tool, "serve", "--port", "0"], new Dictionary<string, string>(), "Install the .NET SDK.");
        await process.Lines.FirstAsync(static line => line.Text.Contains("http://127.0.0.1:", StringComparison.Ordinal), "the server prints its address", Cancellation);

        process.Terminate();

        Assert.Equal(0, await Expect.WithinAsync(process.Exited, "the server ends", Cancellation));
    }
}
