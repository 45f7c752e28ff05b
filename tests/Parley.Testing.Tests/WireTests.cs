using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using CsCheck;
using Parley.Client;
using Parley.Server;
using Parley.Testing.Wire;

namespace Parley.Testing.Tests;

/// <summary>Filters between client and server.</summary>
public sealed class WireTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Filter_that_passes_everything_changes_no_call()
    {
        var filter = new PassingFilter();
        await using var server = await LiveTestServer.StartAsync(options => options.Filters.Add(_ => filter), Cancellation);
        server.When("hello").Says("Hi there.");
        await using var session = await server.CreateClient().ConnectAsync(new LiveSetup { Model = Conversing.Model, OutputTranscription = true }, Cancellation);

        var turn = await session.AskAsync("hello", Cancellation);
        await session.CloseAsync();

        Assert.Equal("Hi there.", turn.Text);
        Assert.Equal(server.Journal.Entries.Where(static entry => entry.CloseCode is null).Select(static entry => Encoding.UTF8.GetString(entry.Payload.Span)).Order(), filter.Seen.Order());
        Assert.Equal(1000, server.Journal.ClientCloses.Single().Code);
    }

    [Fact]
    public async Task Filter_changes_drops_and_adds_messages_in_both_directions()
    {
        await using var server = await LiveTestServer.StartAsync(static options => options.Filters.Add(static _ => new ChangingFilter()), Cancellation);
        server.When("changed").Says("Hi.");
        await using var call = await Conversing.StartAsync(server);

        await call.Session.SendTextAsync("hello", Cancellation);
        await call.TurnsAsync(1);

        Assert.Equal("Ho.", call.Said);
        Assert.Contains("dropped", (await call.FirstAsync<UnknownMessageUpdate>()).Members.Keys);
        server.Verify();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Virtual_hour_passes_through_a_filter(bool hasPort)
    {
        await using var server = await LiveTestServer.StartAsync(options =>
        {
            options.Filters.Add(static _ => new PassingFilter());
            options.Port = hasPort ? 0 : null;
        }, Cancellation);
        await using var call = await Conversing.StartAsync(server, new LiveSetup { Model = Conversing.Model, ContextWindowCompression = new() { SlidingWindow = new() } });

        await server.AdvanceAsync(TimeSpan.FromMinutes(60), Cancellation);

        Assert.Equal(7, server.Journal.Connections);
    }

    [Fact]
    public async Task Filter_refuses_the_upgrade()
    {
        var filter = new RefusingFilter();
        await using var server = await LiveTestServer.StartAsync(options => options.Filters.Add(_ => filter), Cancellation);

        var error = await Assert.ThrowsAsync<LiveConnectException>(() => server.CreateClient().ConnectAsync(new LiveSetup { Model = Conversing.Model }, Cancellation));

        Assert.Equal(418, (int?)error.StatusCode);
        Assert.Contains("BidiGenerateContent", filter.Target, StringComparison.Ordinal);
        Assert.Equal("websocket", filter.Headers["upgrade"]);
        Assert.Empty(server.Journal.Entries);
    }

    [Fact]
    public void Frames_survive_any_fragmentation_and_any_split()
    {
        var payload = Gen.Select(Gen.OneOf(Gen.Int[0, 300], Gen.Int[65_530, 70_000]), Gen.Int).Select(static (length, seed) =>
        {
            var bytes = new byte[length];
            new Random(seed).NextBytes(bytes);
            return bytes;
        });
        Gen.Select(payload.Array[1, 4], Gen.Int[1, 5_000], Gen.Int[50, 70_000], Gen.UInt).Sample((messages, split, fragment, mask) =>
        {
            var stream = new List<byte>();
            foreach (var message in messages)
            {
                var opcode = Frames.Binary;
                for (var at = 0; at < message.Length || at == 0; at += fragment, opcode = Frames.Continuation)
                {
                    var length = Math.Min(fragment, message.Length - at);
                    stream.AddRange(Frames.Encode(opcode, at + length >= message.Length, message.AsSpan(at, length), mask));
                    stream.AddRange(Frames.Encode(Frames.Ping, true, [1, 2], mask));
                }
            }

            var (read, pings) = ReadAll([.. stream], split);

            Assert.Equal(messages.Select(Convert.ToHexString), read.Select(Convert.ToHexString));
            Assert.True(pings >= messages.Length);
        }, iter: 25);
    }

    [Fact]
    public void Bytes_that_are_no_frames_pass_unchanged() => Gen.Byte.Array[2, 200].Sample(static garbage =>
    {
        garbage[0] |= 0x40;
        var reader = new FrameReader(fromClient: true, static () => true);
        var buffer = new ReadOnlySequence<byte>([.. Frames.Encode(Frames.Text, isFinal: true, "a message"u8, mask: 7), .. garbage]);

        Assert.True(reader.TryRead(ref buffer, out var message));
        Assert.True(reader.TryRead(ref buffer, out var rest));

        Assert.Equal("a message", Encoding.UTF8.GetString(message.Payload));
        Assert.Null(rest.Opcode);
        Assert.Equal(Convert.ToHexString(garbage), Convert.ToHexString(rest.Payload));
    });

    private static (List<byte[]> Messages, int Pings) ReadAll(byte[] stream, int split)
    {
        var reader = new FrameReader(fromClient: true, static () => true);
        var messages = new List<byte[]>();
        var pings = 0;
        var left = Array.Empty<byte>();
        for (var at = 0; at < stream.Length; at += split)
        {
            var buffer = new ReadOnlySequence<byte>([.. left, .. stream.AsSpan(at, Math.Min(split, stream.Length - at))]);
            while (reader.TryRead(ref buffer, out var item))
            {
                if (item.Opcode == Frames.Ping)
                    pings++;
                else
                    messages.Add(item.Payload);
            }
            left = buffer.ToArray();
        }
        Assert.Empty(left);
        return (messages, pings);
    }

    private sealed class PassingFilter : IMessageFilter
    {
        internal List<string> Seen { get; } = [];

        public void FromClient(WireMessage message, IMessageSink toServer) => Pass(message, toServer);

        public void ToClient(WireMessage message, IMessageSink toClient) => Pass(message, toClient);

        private void Pass(WireMessage message, IMessageSink sink)
        {
            Seen.Add(Encoding.UTF8.GetString(message.Payload.Span));
            sink.Send(message);
        }
    }

    private sealed class ChangingFilter : IMessageFilter
    {
        public void FromClient(WireMessage message, IMessageSink toServer)
        {
            toServer.Send(Replace(message, "hello", "changed"));
            toServer.Back.Send(new WireMessage("""{"dropped":{}}"""u8.ToArray(), WebSocketMessageType.Binary));
        }

        public void ToClient(WireMessage message, IMessageSink toClient)
        {
            if (!Encoding.UTF8.GetString(message.Payload.Span).Contains("interactionMetadata", StringComparison.Ordinal))
                toClient.Send(Replace(message, "Hi.", "Ho."));
        }

        private static WireMessage Replace(WireMessage message, string old, string replacement) =>
            message with { Payload = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(message.Payload.Span).Replace(old, replacement, StringComparison.Ordinal)) };
    }

    private sealed class RefusingFilter : IMessageFilter, IUpgradeFilter
    {
        internal string Target { get; private set; } = "";

        internal IReadOnlyDictionary<string, string> Headers { get; private set; } = null!;

        public int? Refuse(string target, IReadOnlyDictionary<string, string> headers)
        {
            (Target, Headers) = (target, headers);
            return 418;
        }

        public void FromClient(WireMessage message, IMessageSink toServer) => toServer.Send(message);

        public void ToClient(WireMessage message, IMessageSink toClient) => toClient.Send(message);
    }
}
