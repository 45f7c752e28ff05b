using System.Net.WebSockets;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Relay;

/// <summary>A slow side creates back-pressure on the other one; memory does not grow.</summary>
public sealed class BackPressureTests
{
    /// <summary>Pipes hold 64 KiB each way; the sockets and the message in transit some more.</summary>
    private const int MostFrames = 30;

    private static readonly byte[] Frame = new byte[32 << 10];

    [Fact]
    public async Task Client_that_does_not_read_stops_the_upstream_and_is_disconnected()
    {
        var time = new TestClock();
        var recorder = new FrameRecorder();
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, recorder, time: time);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;

        var waiting = await SendUntilWaitingAsync(
            () => connection.SendAsync(Frame), LiveDirection.ToClient, recorder, time.TimerAsync(LiveTestHost.Defaults.Connections.SendTimeout));
        var closed = connection.Received.FirstAsync(static f => f.Type == WebSocketMessageType.Close, "the upstream is closed");
        time.Advance(LiveTestHost.Defaults.Connections.SendTimeout);
        await closed;

        // It may fail when disconnected, but must not wait forever.
        await Expect.WithinAsync(Task.WhenAny(waiting), "the send ends");
    }

    [Fact]
    public async Task Upstream_that_does_not_read_stops_the_client()
    {
        var time = new TestClock();
        var sendTimeout = TimeSpan.FromHours(1);
        var recorder = new FrameRecorder();
        var stalled = new SyncPoint("the upstream's reading");
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, recorder, options => options.SendTimeout = sendTimeout, time);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        connection.Stalled = stalled;

        var waiting = await SendUntilWaitingAsync(
            () => client.SendBinaryAsync(Frame), LiveDirection.FromClient, recorder, time.TimerAsync(sendTimeout));
        stalled.Release();

        await waiting;
    }

    // The gateway takes messages until its own send blocks and it sets the timer for it. From then on it reads nothing: what fits into the pipe to it is
    // sent at once, and a further send does not complete.
    private static async Task<Task> SendUntilWaitingAsync(Func<Task> send, LiveDirection direction, FrameRecorder recorder, Task gatewayWaits)
    {
        using var filled = new CancellationTokenSource();
        var frames = 0;
        while (!gatewayWaits.IsCompleted)
        {
            var seen = recorder.Frames.NextAsync(frame => frame.Direction == direction, "the gateway takes a message", filled.Token);
            await send();
            await Task.WhenAny(seen, gatewayWaits);
            Assert.InRange(++frames, 0, MostFrames);
        }
        await gatewayWaits;
        await filled.CancelAsync();
        while (true)
        {
            var sending = send();
            if (!sending.IsCompleted)
                return sending;
            await sending;
            Assert.InRange(++frames, 0, MostFrames);
        }
    }
}
