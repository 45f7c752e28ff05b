using Microsoft.Extensions.Time.Testing;
using Parley.Client.Tests.Scripted;

namespace Parley.Client.Tests.Resumption;

public class ResumingTests
{
    [Fact]
    public async Task A_lost_connection_is_replaced_with_the_newest_resumable_handle_and_the_same_setup()
    {
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync("""{"setupComplete":{"sessionId":"s-1"}}""");
                await peer.SendAsync(Wire.Handle("h1"));
                await peer.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"h2","resumable":true}}""");
                await peer.SendAsync("""{"sessionResumptionUpdate":{"resumable":false}}""");
                Assert.Equal("go", await peer.ExpectTextAsync());
                peer.Cut();
            },
            async peer =>
            {
                await peer.AcceptSetupAsync();
                Assert.Equal("""{"handle":"h2"}""", peer.Setup.GetProperty("sessionResumption").GetRawText());
                Assert.Equal("be brief", peer.Setup.GetProperty("systemInstruction").GetProperty("parts")[0].GetProperty("text").GetString());
                Assert.Equal("go", await peer.ExpectTextAsync());
                Assert.Equal("more", await peer.ExpectTextAsync());
                await peer.CloseAsync(1000);
            });
        await using var session = await server.ConnectAsync(new LiveSetup { Model = "gemini-test", SystemInstruction = "be brief" });
        await session.NextAsync<ResumptionUpdate>();
        await session.NextAsync<ResumptionUpdate>();
        await session.NextAsync<ResumptionUpdate>();
        await session.SendTextAsync("go");

        var lost = await session.NextAsync<ReconnectingUpdate>();
        var back = await session.NextAsync<ReconnectedUpdate>();
        await session.SendTextAsync("more");

        Assert.Equal((EndCause.Network, false), (lost.Cause, lost.IsPlanned));
        Assert.Equal((true, true, 1, 1), (back.IsResumed, back.Lost.IsNothing, back.Resent, back.Attempts));
        Assert.True((await session.EndAsync()).IsNormal);
        Assert.Equal("s-1", session.SessionId);
    }

    [Fact]
    public async Task Leaves_before_the_time_that_goAway_gives_runs_out_by_its_own_timer_and_closes_first()
    {
        var clock = new FakeTimeProvider();
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedLiveServer.StartAsync(
            async peer =>
            {
                await peer.AcceptSetupAsync();
                await peer.SendAsync(Wire.Handle("h1"));
                await peer.SendAsync(Wire.Text("a long answer"));
                await peer.SendAsync("""{"goAway":{"timeLeft":"50s"}}""");
                Assert.Equal(1000, await peer.ExpectCloseAsync());
                closed.SetResult();
            },
            async peer =>
            {
                Assert.True(closed.Task.IsCompleted, "the old connection is closed before the new one resumes");
                await peer.AcceptSetupAsync();
                await peer.ExpectCloseAsync();
            });
        await using var session = await server.ConnectAsync(configure: options => options.TimeProvider = clock);
        await session.NextAsync<GoAwayUpdate>();

        clock.Advance(TimeSpan.FromSeconds(44));
        Assert.False(session.IsReconnecting);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await session.NextAsync<ReconnectingUpdate>()).IsPlanned);
        Assert.True((await session.NextAsync<ReconnectedUpdate>()).IsResumed);
    }
}
