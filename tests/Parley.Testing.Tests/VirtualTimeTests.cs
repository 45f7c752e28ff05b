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
