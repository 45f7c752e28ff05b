using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Parley.Client.Tests.Scripted;

namespace Parley.Client.Tests.Connecting;

/// <summary>A server cannot fill the memory of the client.</summary>
public class BoundedMemoryTests
{
    [Theory]
    [InlineData(200, false)]
    [InlineData(200, true)]
    [InlineData(500, true)]
    public async Task An_endless_body_is_refused(int status, bool usesHttpClient)
    {
        await using var server = await ScriptedLiveServer.StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            var block = new byte[64 << 10];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
        });
        server.Abandon();
        var client = server.Client(options => options.Invoker = usesHttpClient ? server.Host.CreateClient() : options.Invoker);

        var refused = await Expect.WithinAsync(Assert.ThrowsAsync<LiveRequestException>(() => client.ListModelsAsync()), "the request is refused");

        Assert.Contains("longer than 8 MiB", refused.Message, StringComparison.Ordinal);
        Assert.Equal(EndCause.ProtocolError, refused.Cause);
    }

    [Theory]
    [InlineData("""{"serverContent":{"outputTranscription":{"text":"..."}}}""", 1_000)]
    public async Task Messages_before_the_acknowledgement_are_bounded(string message, int padding)
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.ExpectSetupAsync();
            var bytes = Encoding.UTF8.GetBytes(message.Replace("...", new string('x', padding), StringComparison.Ordinal));
            // A send to a connection that the client has cut may succeed for ever.
            for (var i = 0; i < 1_000; i++)
                await peer.SendAsync(bytes);
        });
        server.Abandon();

        var refused = await Assert.ThrowsAsync<LiveConnectException>(
            () => server.ConnectAsync(configure: static options => options.ReceiveCapacityBytes = 100_000));

        Assert.Equal(EndCause.ProtocolError, refused.Cause);
        Assert.Contains("did not acknowledge the setup", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unread_updates_are_bounded_in_bytes_and_none_is_lost()
    {
        const int Messages = 200;
        var received = new Counter();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            for (var i = 0; i < Messages; i++)
                await peer.Socket.SendAsync(Encoding.UTF8.GetBytes(Wire.Text(new string('x', 10_000))), WebSocketMessageType.Text, true, CancellationToken.None);
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(configure: options =>
        {
            options.ReceiveCapacityBytes = 50_000;
            options.MessageObserver = received;
        });

        await Expect.WithinAsync(received.SixAsync, "the buffer is full");
        Assert.InRange(received.Count, 1, 8);
        Assert.Equal(Messages, (await session.ReadToEndAsync()).OfType<TextUpdate>().Count());
    }

    private sealed class Counter : ILiveMessageObserver
    {
        private readonly TaskCompletionSource _six = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        internal int Count => Volatile.Read(ref _count);

        internal Task SixAsync => _six.Task;

        public void Sent(ReadOnlySpan<byte> message)
        {
        }

        public void Received(ReadOnlySpan<byte> message)
        {
            if (Interlocked.Increment(ref _count) == 6)
                _six.SetResult();
        }
    }
}
