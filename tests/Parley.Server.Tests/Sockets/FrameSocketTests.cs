using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Parley.Server.Sockets;

namespace Parley.Server.Tests.Sockets;

public class FrameSocketTests
{
    private static readonly (TimeSpan, TimeSpan) NoKeepAlive = (TimeSpan.Zero, TimeSpan.Zero);

    public static TheoryData<bool, int> Exchanges
    {
        get
        {
            var data = new TheoryData<bool, int>();
            foreach (var oursIsServer in (bool[])[true, false])
            {
                for (var seed = 1; seed <= 6; seed++)
                    data.Add(oursIsServer, seed);
            }
            return data;
        }
    }

    public static TheoryData<string, byte[], int> Faults => new()
    {
        { "a reserved bit", [0xc1, 0x80, 0, 0, 0, 0], 1002 },
        { "an unknown opcode", [0x83, 0x80, 0, 0, 0, 0], 1002 },
        { "an unknown control opcode", [0x8b, 0x80, 0, 0, 0, 0], 1002 },
        { "no mask", [0x81, 0x01, 0x20], 1002 },
        { "a fragmented ping", [0x09, 0x80, 0, 0, 0, 0], 1002 },
        { "a ping too long", [0x89, 0xfe, 0, 126, 0, 0, 0, 0], 1002 },
        { "nothing to continue", [0x80, 0x80, 0, 0, 0, 0], 1002 },
        { "a message in a message", [0x01, 0x81, 0, 0, 0, 0, 0x20, 0x81, 0x80, 0, 0, 0, 0], 1002 },
        { "a length beyond all", [0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1002 },
        { "a close with half a code", [0x88, 0x81, 0, 0, 0, 0, 3], 1002 },
        { "a close that cannot be sent", [0x88, 0x82, 0, 0, 0, 0, 3, 0xed], 1002 },
        { "a reason that is no text", [0x88, 0x83, 0, 0, 0, 0, 3, 0xe8, 0xff], 1007 },
        { "no text", [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28], 1007 },
        { "half a character", [0x81, 0x81, 0, 0, 0, 0, 0xc3], 1007 },
        { "no text in pieces", [0x01, 0x81, 0, 0, 0, 0, 0xc3, 0x80, 0x81, 0, 0, 0, 0, 0x28], 1007 },
    };

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task FrameSocket_interoperates_with_the_framework_as_client_and_server(bool oursIsServer, int seed)
    {
        var streams = new StreamPair(seed);
        using var ours = new FrameSocket(oursIsServer ? streams.Server : streams.Client, oursIsServer, TimeProvider.System, NoKeepAlive);
        using var theirs = WebSocket.CreateFromStream(
            oursIsServer ? streams.Client : streams.Server, new WebSocketCreationOptions { IsServer = !oursIsServer, KeepAliveInterval = TimeSpan.Zero });
        var random = new Random(seed);
        var there = Messages(random);
        var back = Messages(random);

        var sending = (SendAsync(theirs, there, new Random(seed)), SendAsync(ours, back, new Random(seed + 1)));
        var heard = ReadMessagesAsync(ours, there.Count);
        var answered = ReceiveAsync(theirs, back.Count, new Random(seed));
        await Expect.WithinAsync(Task.WhenAll(sending.Item1, sending.Item2, heard, answered), "all messages arrive");

        Assert.Equal(there, await heard);
        Assert.Equal(back, await answered);
        await theirs.CloseOutputAsync((WebSocketCloseStatus)4321, "enough ☂", CancellationToken.None);
        Assert.Equal(WebSocketMessageType.Close, (await ours.ReceiveAsync(new byte[1].AsMemory(), CancellationToken.None)).MessageType);
        Assert.Equal((4321, "enough ☂", WebSocketState.CloseReceived), ((int)ours.CloseStatus!, ours.CloseStatusDescription, ours.State));
        await ours.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
        Assert.Equal(WebSocketMessageType.Close, (await theirs.ReceiveAsync(new byte[1].AsMemory(), CancellationToken.None)).MessageType);
        Assert.Equal(("bye", WebSocketState.Closed), (theirs.CloseStatusDescription, ours.State));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Invalid_frame_is_answered_with_its_close_code(string what, byte[] bytes, int code)
    {
        foreach (var whole in (bool[])[true, false])
        {
            var streams = new StreamPair();
            using var socket = new FrameSocket(streams.Server, isServer: true, TimeProvider.System, NoKeepAlive);
            await streams.Client.WriteAsync(bytes);

            var broken = await Assert.ThrowsAsync<WebSocketException>(() => whole ? ReadMessagesAsync(socket, 2) : ReceiveAsync(socket, 2, new Random(1)));

            Assert.Equal(WebSocketError.Faulted, broken.WebSocketErrorCode);
            var close = new byte[4];
            await streams.Client.ReadExactlyAsync(close);
            Assert.True((0x88, code) == (close[0], (close[2] << 8) | close[3]), what);
        }
    }

    [Fact]
    public async Task Close_without_code_differs_from_close_1000()
    {
        var streams = new StreamPair();
        using var socket = new FrameSocket(streams.Server, isServer: true, TimeProvider.System, NoKeepAlive);
        await streams.Client.WriteAsync(new byte[] { 0x88, 0x80, 1, 2, 3, 4 });

        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None)).MessageType);
        Assert.Equal(WebSocketCloseStatus.Empty, socket.CloseStatus);
        await socket.CloseOutputAsync(WebSocketCloseStatus.Empty, null, CancellationToken.None);
        var close = new byte[2];
        await streams.Client.ReadExactlyAsync(close);
        Assert.Equal([0x88, 0], close);
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(1012)]
    [InlineData(1013)]
    [InlineData(4999)]
    public async Task Close_code_is_received_and_sent_unchanged(int code)
    {
        var streams = new StreamPair();
        using var client = new FrameSocket(streams.Client, isServer: false, TimeProvider.System, NoKeepAlive);
        using var server = new FrameSocket(streams.Server, isServer: true, TimeProvider.System, NoKeepAlive);
        var reason = new string('x', 123);
        await server.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None);

        Assert.Equal(WebSocketMessageType.Close, (await client.ReceiveAsync(new byte[1].AsMemory(), CancellationToken.None)).MessageType);
        Assert.Equal((code, reason), ((int)client.CloseStatus!, client.CloseStatusDescription));
        await Assert.ThrowsAsync<ArgumentException>(() => client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, reason + "x", CancellationToken.None));
    }

    [Fact]
    public async Task Send_after_the_close_fails()
    {
        var streams = new StreamPair();
        using var socket = new FrameSocket(streams.Server, isServer: true, TimeProvider.System, NoKeepAlive);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);

        var late = await Assert.ThrowsAsync<WebSocketException>(() => socket.SendAsync(new byte[1].AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None).AsTask());
        Assert.Equal(WebSocketError.InvalidState, late.WebSocketErrorCode);
    }

    [Fact]
    public async Task Abort_ends_a_pending_receive()
    {
        var streams = new StreamPair();
        using var socket = new FrameSocket(streams.Server, isServer: true, TimeProvider.System, NoKeepAlive);
        var receiving = socket.ReceiveAsync(new byte[1].AsMemory(), CancellationToken.None).AsTask();

        socket.Abort();

        await Assert.ThrowsAsync<OperationCanceledException>(() => Expect.WithinAsync(receiving, "the receive ends"));
        Assert.Equal(WebSocketState.Aborted, socket.State);
    }

    [Fact]
    public async Task End_of_stream_is_a_lost_connection()
    {
        var streams = new StreamPair();
        using var socket = new FrameSocket(streams.Server, isServer: true, TimeProvider.System, NoKeepAlive);
        await streams.Client.WriteAsync(new byte[] { 0x82, 0x85, 0, 0, 0, 0, 1 });
        await streams.Client.DisposeAsync();

        var lost = await Assert.ThrowsAsync<WebSocketException>(() => ReceiveAsync(socket, 1, new Random(1)));
        Assert.Equal(WebSocketError.ConnectionClosedPrematurely, lost.WebSocketErrorCode);
    }

    [Fact]
    public async Task Silent_peer_is_pinged_and_aborted_without_an_answer()
    {
        var time = new FakeTimeProvider();
        var streams = new StreamPair();
        using var socket = new FrameSocket(streams.Server, isServer: true, time, (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60)));
        var receiving = ReceiveAsync(socket, 1, new Random(1));
        var ping = new byte[2];

        time.Advance(TimeSpan.FromSeconds(30));
        await streams.Client.ReadExactlyAsync(ping);
        Assert.Equal([0x89, 0], ping);
        // A pong, like any other frame, counts as an answer.
        await streams.Client.WriteAsync(new byte[] { 0x8a, 0x80, 0, 0, 0, 0, 0x82, 0x80, 0, 0, 0, 0 });
        await receiving;
        receiving = ReceiveAsync(socket, 1, new Random(1));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(WebSocketState.Open, socket.State);

        time.Advance(TimeSpan.FromSeconds(30));
        await streams.Client.ReadExactlyAsync(ping);
        Assert.Equal(WebSocketState.Open, socket.State);
        time.Advance(TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<OperationCanceledException>(() => receiving);
        Assert.Equal(WebSocketState.Aborted, socket.State);
    }

    [Fact]
    public async Task Ping_is_answered_within_a_fragmented_message()
    {
        var streams = new StreamPair();
        using var socket = new FrameSocket(streams.Server, isServer: true, TimeProvider.System, NoKeepAlive);
        await streams.Client.WriteAsync(new byte[] { 0x02, 0x81, 0, 0, 0, 0, 7, 0x89, 0x82, 0, 0, 0, 0, 5, 6, 0x80, 0x81, 0, 0, 0, 0, 8 });

        Assert.Equal("7,8", string.Join(',', (await ReadMessagesAsync(socket, 1))[0].Select(static letter => (int)letter)));
        var pong = new byte[4];
        await streams.Client.ReadExactlyAsync(pong);
        Assert.Equal([0x8a, 2, 5, 6], pong);
    }

    [Fact]
    public async Task Too_long_message_is_refused_by_its_header()
    {
        var streams = new StreamPair();
        using var socket = new FrameSocket(streams.Server, isServer: true, TimeProvider.System, NoKeepAlive);
        await streams.Client.WriteAsync(new byte[] { 0x82, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0 });

        using var frame = await new MessageReader(socket, 64 << 10, new InputBudget(1 << 20), null, null).ReceiveAsync();
        Assert.Equal(LiveClose.TooBig, frame.Refusal);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public async Task Reader_yields_its_thread_during_continuous_input(int length)
    {
        const int Messages = 400;
        var head = new byte[FrameHead.MaxBytes];
        var frame = new byte[FrameHead.Write(head, FrameHead.Binary, isLast: true, length, 0) + length];
        head.AsSpan(0, frame.Length - length).CopyTo(frame);
        using var socket = new FrameSocket(new MemoryStream([.. Enumerable.Repeat(frame, Messages).SelectMany(static bytes => bytes)]), isServer: true, TimeProvider.System, NoKeepAlive);
        var reader = new MessageReader(socket, 1 << 20, new InputBudget(1 << 24), null, null);

        var (inARow, most) = (0, 0);
        for (var i = 0; i < Messages; i++)
        {
            var receiving = reader.ReceiveAsync();
            inARow = receiving.IsCompleted ? inARow + 1 : 0;
            most = Math.Max(most, inARow);
            using var message = await receiving;
            Assert.Equal(length, message.Length);
        }
        Assert.InRange(most, 0, 200);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Utf8_check_is_independent_of_fragmentation(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = Encoding.UTF8.GetBytes(Words(random, random.Next(12)));
            if (bytes.Length > 0 && random.Next(2) == 0)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var check = new Utf8Check();
            var valid = true;
            for (var at = 0; valid;)
            {
                var length = Math.Min(random.Next(4), bytes.Length - at);
                var isLast = at + length == bytes.Length;
                valid = check.Accepts(bytes.AsSpan(at, length), isLast);
                at += length;
                if (isLast)
                    break;
            }
            Assert.Equal(System.Text.Unicode.Utf8.IsValid(bytes), valid);
        }
    }

    private static string Words(Random random, int length) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => (string[])["a", "é", "☂", "😀"]).Select(kinds => kinds[random.Next(kinds.Length)]));

    // As text, binary messages too: one letter per byte.
    private static List<string> Messages(Random random) =>
        [.. Enumerable.Range(0, 24).Select(i => Words(random, i % 10 == 0 ? random.Next(30_000) : random.Next(900)))];

    private static async Task SendAsync(WebSocket socket, List<string> messages, Random random)
    {
        foreach (var message in messages)
        {
            var bytes = Encoding.UTF8.GetBytes(message).AsMemory();
            var type = random.Next(2) == 0 ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
            while (random.Next(3) == 0)
            {
                var piece = random.Next(bytes.Length + 1);
                await socket.SendAsync(bytes[..piece], type, false, CancellationToken.None);
                bytes = bytes[piece..];
            }
            await socket.SendAsync(bytes, type, true, CancellationToken.None);
        }
    }

    private static async Task<List<string>> ReceiveAsync(WebSocket socket, int count, Random random)
    {
        var messages = new List<string>();
        var buffer = new byte[20_000];
        using var message = new MemoryStream();
        while (messages.Count < count)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(0, random.Next(buffer.Length)), CancellationToken.None);
            message.Write(buffer, 0, part.Count);
            if (!part.EndOfMessage)
                continue;
            messages.Add(Encoding.UTF8.GetString(message.ToArray()));
            message.SetLength(0);
        }
        return messages;
    }

    // Reads like a connection: whole messages, short ones in place.
    private static async Task<List<string>> ReadMessagesAsync(WebSocket socket, int count)
    {
        var reader = new MessageReader(socket, 1 << 20, new InputBudget(1 << 24), null, null);
        var messages = new List<string>();
        while (messages.Count < count)
        {
            using var frame = await reader.ReceiveAsync();
            messages.Add(Encoding.UTF8.GetString(frame.Payload));
        }
        return messages;
    }
}
