using System.Net.WebSockets;
using Microsoft.Extensions.Time.Testing;
using Parley.Server.Storage;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Relay;

/// <summary>Who is slow makes the other side wait; nothing grows.</summary>
public sealed class BackPressureTests
{
    /// <summary>Pipes hold 64 KiB each way; the sockets and the frame under way some more.</summary>
    private const int MostFrames = 30;

    private static readonly byte[] Frame = new byte[32 << 10];

    [Fact]
    public async Task A_client_that_does_not_read_stops_the_upstream_and_is_cut_in_time()
    {
        var time = new FakeTimeProvider();
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: time);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;

        var waiting = await SendUntilWaitingAsync(() => connection.SendAsync(Frame));
        var closed = connection.Received.FirstAsync(static f => f.Type == WebSocketMessageType.Close, "the upstream is closed");
        await time.AdvanceUntilAsync(TimeSpan.FromSeconds(1), closed);

        // Cut, it may fail; it must not wait for ever.
        await Expect.WithinAsync(Task.WhenAny(waiting), "the send ends");
    }

    [Fact]
    public async Task An_upstream_that_does_not_read_stops_the_client()
    {
        var stalled = new SyncPoint("the upstream's reading");
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: new FakeTimeProvider());
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        connection.Stalled = stalled;

        var waiting = await SendUntilWaitingAsync(() => client.SendBinaryAsync(Frame));
        stalled.Release();

        await waiting;
    }

    // Whether a send waits cannot be told from one that is about to finish; so it is asked again after a while in real time.
    private static async Task<Task> SendUntilWaitingAsync(Func<Task> send)
    {
        for (var frames = 0; ; frames++)
        {
            Assert.InRange(frames, 0, MostFrames);
            var sending = send();
            await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System));
            if (!sending.IsCompleted)
                return sending;
            await sending;
        }
    }
}
