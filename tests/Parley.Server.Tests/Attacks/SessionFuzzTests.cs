using System.Net.WebSockets;
using Parley.Protocol.Tests.Support;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Attacks;

/// <summary>
/// Sends damaged messages to sessions of the built-in model: each ends with a documented close, none hangs, nothing is logged as an error, and another
/// session continues. <c>PARLEY_LONG=1</c> sends a hundred thousand. The parser alone is fuzzed in Parley.Protocol.Tests.
/// </summary>
public sealed class SessionFuzzTests
{
    private const int SessionsAtOnce = 8;
    private const int MessagesPerSession = 12;

    private static readonly int Messages = Environment.GetEnvironmentVariable("PARLEY_LONG") == "1" ? 100_000 : 1_500;
    private static readonly HashSet<int> Documented = [1000, 1002, 1007, 1008, 1009, 1011];

    [Fact]
    public async Task Damaged_messages_end_only_their_session()
    {
        await using var host = await LiveTestHost.StartWithCascadeAsync();
        await using var witness = await host.OpenAsync();
        var sent = 0;
        var seed = 0;
        var codes = new HashSet<int>();

        while (sent < Messages)
        {
            var batch = await Task.WhenAll(Enumerable.Range(0, SessionsAtOnce).Select(_ => FuzzAsync(host, seed++)));
            sent += batch.Sum(static session => session.Sent);
            codes.UnionWith(batch.Select(static session => session.Code));
        }

        Assert.Subset(Documented, codes);
        Assert.Contains(1007, codes);
        await witness.SayAsync("What is seven times six?");
        await witness.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "an answer");
    }

    private static async Task<(int Sent, int Code)> FuzzAsync(InMemoryHost host, int seed)
    {
        var random = new Random(seed);
        var mutator = new Mutator(seed, [.. WireExamples.All.Where(static file => file.StartsWith("client.", StringComparison.Ordinal)).Select(WireExamples.Utf8)]);
        var mutatesSetup = random.Next(4) == 0;
        await using var socket = mutatesSetup ? await host.ConnectAsync() : await host.OpenAsync();
        var closed = socket.ExpectCloseAsync(skipMessages: true);
        var sent = 0;
        try
        {
            while (sent < MessagesPerSession && !closed.IsCompleted)
            {
                sent++;
                await socket.Socket.SendAsync(mutator.Next(), random.Next(2) == 0 ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
            }
            // A session that survived all messages is ended by an invalid one.
            await socket.Socket.SendAsync("the end"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // Already closed.
        }
        try
        {
            return (sent, (await closed).Code);
        }
        catch (ExpectationException) when (socket.Socket.CloseStatus is not null)
        {
            // The socket itself refuses an invalid frame: it closes and does not wait for the answer.
            return (sent, (int)socket.Socket.CloseStatus);
        }
    }
}
