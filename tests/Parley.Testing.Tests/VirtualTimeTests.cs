using Parley.Client;

namespace Parley.Testing.Tests;

/// <summary>Hours of a call in milliseconds.</summary>
public sealed class VirtualTimeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_hour_has_six_rotations_at_their_exact_times()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        await using var call = await Conversing.StartAsync(server, new LiveSetup { Model = Conversing.Model, ContextWindowCompression = new() { SlidingWindow = new() } });

        await server.AdvanceAsync(TimeSpan.FromMinutes(60), Cancellation);

        Assert.Equal(7, server.Journal.Connections);
        Assert.Equal([9, 18, 27, 36, 45, 54], server.Journal.Entries.Where(static entry => entry.Response?.GoAway is not null).Select(static entry => entry.Time.TotalMinutes));
        Assert.All(call.Updates.OfType<ReconnectedUpdate>(), static update => Assert.Equal((true, TimeSpan.Zero), (update.IsResumed, update.Took)));
    }

    [Fact]
    public async Task Connect_that_never_ends_times_out_on_the_virtual_clock()
    {
        await using var server = await LiveTestServer.StartAsync(
            static options => options.ConfigureModels = static live => live.AddModel("gemini-stuck", static _ => new StuckModel()), Cancellation);
        var connecting = server.CreateClient().ConnectAsync(new LiveSetup { Model = "gemini-stuck" }, Cancellation);

        await server.AdvanceAsync(TimeSpan.FromMinutes(1), Cancellation);

        var error = await Assert.ThrowsAsync<LiveConnectException>(() => Expect.WithinAsync(connecting, "connecting ends", Cancellation));
        Assert.Equal(EndCause.Timeout, error.Cause);
    }

    [Fact]
    public async Task Hundreds_of_servers_run_at_the_same_time()
    {
        var calls = await Task.WhenAll(Enumerable.Range(0, 200).Select(static number => Task.Run(() => CallAsync(number), Cancellation)));

        Assert.All(calls, static call => Assert.Equal((2, "Certainly.Certainly."), call));

        static async Task<(int Connections, string Said)> CallAsync(int number)
        {
            await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
            server.When($"call {number}").Says("Certainly.").Times(2);
            await using var call = await Conversing.StartAsync(server);
            await call.Session.SendTextAsync($"This is call {number}", Cancellation);
            await call.TurnsAsync(1);
            await server.AdvanceAsync(TimeSpan.FromMinutes(10), Cancellation);
            await call.Session.SendTextAsync($"Still call {number}", Cancellation);
            await call.TurnsAsync(2);
            server.Verify();
            return (server.Journal.Connections, call.Said);
        }
    }

    private sealed class StuckModel : Parley.Server.ILiveModel
    {
        public async ValueTask<Parley.Server.ILiveModelSession> StartAsync(
            Parley.Server.LiveModelStart start, Parley.Server.ILiveModelOutput output, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new OperationCanceledException(cancellationToken);
        }
    }
}
