using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Parley.Testing.Wire;

namespace Parley.Testing.Tests;

/// <summary>What faults do to the bytes that a client reads.</summary>
public sealed class FaultBytesTests
{
    private const string Setup = """{"setup":{"model":"models/gemini-3.8-live","outputAudioTranscription":{}}}""";
    private const string Hello = """{"realtimeInput":{"text":"hello"}}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("fragment")]
    [InlineData("corrupt")]
    [InlineData("truncate")]
    [InlineData("cutInside")]
    [InlineData("garbage")]
    [InlineData("drop")]
    public async Task Same_seed_and_traffic_give_the_same_bytes(string action)
    {
        var description = new FaultDescription { Point = "serverMessage", Action = action, EveryTime = true, Probability = .5 };

        var first = await ConverseAsync(7, description);
        var again = await ConverseAsync(7, description);
        var other = await ConverseAsync(8, description);

        Assert.True(first.Bytes.Length > 100);
        Assert.Equal(Convert.ToHexString(first.Bytes), Convert.ToHexString(again.Bytes));
        Assert.NotEqual(Convert.ToHexString(first.Bytes), Convert.ToHexString(other.Bytes));
    }

    [Fact]
    public async Task Messages_are_duplicated_dropped_reordered_truncated_and_corrupted()
    {
        var plain = await MessagesAsync();

        Assert.Equal([plain[0], plain[0], .. plain[1..]], await MessagesAsync(new FaultDescription { Point = "setupComplete", Action = "duplicate" }));
        Assert.Equal(plain[1..], await MessagesAsync(new FaultDescription { Point = "setupComplete", Action = "drop" }));
        Assert.Equal([plain[1], plain[0], .. plain[2..]], await MessagesAsync(new FaultDescription { Point = "serverMessage", Number = 1, Action = "reorder" }));
        Assert.Equal([plain[0], plain[1][..10], .. plain[2..]], await MessagesAsync(new FaultDescription { Point = "serverMessage", Number = 2, Action = "truncate", Bytes = 10 }));
        var corrupted = await MessagesAsync(new FaultDescription { Point = "turnComplete", Action = "corrupt" });
        Assert.Equal(plain[..^1], corrupted[..^1]);
        Assert.Equal(1, plain[^1].Zip(corrupted[^1]).Count(static pair => pair.First != pair.Second));
        Assert.Contains('\u0001', corrupted[^1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task Fragmented_messages_are_whole_to_a_reader_and_have_the_size_that_was_asked_for(int bytes)
    {
        var (fragmented, _) = await ConverseAsync(1, new FaultDescription { Point = "connect", Action = "fragment", Bytes = bytes });

        Assert.Equal(await MessagesAsync(), ReadMessages(fragmented));
        Assert.All(ReadFrameLengths(fragmented), length => Assert.True(length <= bytes));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(null)]
    public async Task Answer_breaks_after_a_number_or_a_share_of_its_audio(int? chunks)
    {
        var all = (await MessagesAsync()).Count(static message => message.Contains("inlineData", StringComparison.Ordinal));
        var description = new FaultDescription { Point = "midAnswer", Action = "close", Code = 1011, Chunks = chunks, Share = chunks is null ? .5 : null };

        var (bytes, _) = await ConverseAsync(1, description);

        Assert.Equal(chunks ?? (all + 1) / 2, ReadMessages(bytes).Count(static message => message.Contains("inlineData", StringComparison.Ordinal)));
        Assert.Equal(1011, ReadClose(bytes));
    }

    [Fact]
    public async Task Connection_ends_without_a_close_frame()
    {
        var (ended, error) = await ConverseAsync(1, new FaultDescription { Point = "turnComplete", Action = "endWithoutClose" });
        var (cut, resetError) = await ConverseAsync(1, new FaultDescription { Point = "turnComplete", Action = "cut" });

        Assert.Equal(ended, cut);
        Assert.Null(ReadClose(ended));
        Assert.Null(error);
        Assert.IsType<IOException>(resetError);
    }

    [Fact]
    public async Task Close_without_a_code_has_no_payload()
    {
        var (bytes, _) = await ConverseAsync(1, new FaultDescription { Point = "turnComplete", Action = "close", Code = 1005 });

        Assert.Equal([0x88, 0x00], bytes[^2..]);
    }

    private static async Task<List<string>> MessagesAsync(FaultDescription? fault = null) => ReadMessages((await ConverseAsync(1, fault)).Bytes);

    /// <summary>Bytes after the head of the response, of a call that is always the same.</summary>
    private static async Task<(byte[] Bytes, Exception? Error)> ConverseAsync(int seed, FaultDescription? fault)
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        server.When("hello").Says("Hi there, this is a longer answer.");
        server.Faults.Seed = seed;
        if (fault is not null)
            server.Faults.Add(fault);
        await using var client = await server.Host.OpenRawStreamAsync();
        var read = ReadToEndAsync(client);
        await client.WriteAsync(
            """
            GET /ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=test-key HTTP/1.1
            Host: parley.test
            Connection: Upgrade
            Upgrade: websocket
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Extensions: permessage-deflate


            """u8.ToArray().Where(static b => b != '\r').SelectMany(static b => b == '\n' ? "\r\n"u8.ToArray() : [b]).ToArray(), Cancellation);
        await server.QuietAsync(Cancellation);
        await WriteAsync(server, client, Frames.Encode(Frames.Text, isFinal: true, Encoding.UTF8.GetBytes(Setup), 7));
        await WriteAsync(server, client, Frames.Encode(Frames.Text, isFinal: true, Encoding.UTF8.GetBytes(Hello), 8));
        if (!read.IsCompleted)
            await WriteAsync(server, client, Frames.Encode(Frames.Close, isFinal: true, Frames.ClosePayload(1000, ""), 9));
        if (!read.IsCompleted)
            server.CutConnections();
        var (bytes, error) = await Expect.WithinAsync(read, "the connection ends", Cancellation);
        return (bytes[(bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4)..], error);
    }

    private static async Task WriteAsync(LiveTestServer server, Stream client, byte[] bytes)
    {
        try
        {
            await client.WriteAsync(bytes, Cancellation);
        }
        catch (IOException)
        {
            // The fault was first.
        }
        await server.QuietAsync(Cancellation);
    }

    private static async Task<(byte[] Bytes, Exception? Error)> ReadToEndAsync(Stream stream)
    {
        var bytes = new List<byte>();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, Cancellation) is > 0 and var count)
                bytes.AddRange(buffer.AsSpan(0, count));
            return ([.. bytes], null);
        }
        catch (IOException e)
        {
            return ([.. bytes], e);
        }
    }

    private static List<FrameItem> Read(byte[] bytes)
    {
        var reader = new FrameReader(fromClient: false, static () => true);
        var buffer = new ReadOnlySequence<byte>(bytes);
        var items = new List<FrameItem>();
        while (reader.TryRead(ref buffer, out var item))
            items.Add(item);
        return items;
    }

    private static List<string> ReadMessages(byte[] bytes) =>
        [.. Read(bytes).Where(static item => item.Opcode is Frames.Text or Frames.Binary).Select(static item => Encoding.UTF8.GetString(item.Payload))];

    private static int? ReadClose(byte[] bytes) =>
        Read(bytes).Where(static item => item.Opcode == Frames.Close).Select(static item => (int?)BinaryPrimitives.ReadUInt16BigEndian(item.Payload)).FirstOrDefault();

    private static List<int> ReadFrameLengths(byte[] bytes)
    {
        var lengths = new List<int>();
        for (var at = 0; at + 1 < bytes.Length;)
        {
            var length = bytes[at + 1] & 0x7F;
            Assert.True(length < 126);
            if ((bytes[at] & 0x0F) != Frames.Close)
                lengths.Add(length);
            at += 2 + length;
        }
        return lengths;
    }
}
