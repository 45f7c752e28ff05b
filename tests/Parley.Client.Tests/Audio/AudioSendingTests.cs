using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Parley.Client.Audio;
using Parley.Client.Connecting;
using Parley.Client.Receiving;
using Parley.Client.Session;
using Parley.Client.Tests.Scripted;
using Parley.Client.Transport;
using Parley.TestKit;

namespace Parley.Client.Tests.Audio;

public class AudioSendingTests
{
    [Fact]
    public void Any_fragmentation_of_microphone_audio_gives_the_same_samples_in_short_messages()
    {
        byte[] pcm = [.. Enumerable.Range(0, 20_000).Select(i => (byte)(i * 7))];
        Gen.Int[0, 7_000].Array[1, 12].Sample(sizes =>
        {
            var cutter = new MicrophoneCutter();
            var sent = new List<byte>();
            var at = 0;
            foreach (var size in sizes)
            {
                ReadOnlyMemory<byte> chunk = pcm.AsMemory(at, Math.Min(size, pcm.Length - at));
                at += chunk.Length;
                while (cutter.TryTake(ref chunk, 16_000, out var piece))
                {
                    Assert.True(piece.Length is > 0 and <= 3_200 && piece.Length % 2 == 0);
                    sent.AddRange(piece.Span);
                }
            }
            Assert.Equal(pcm[..(at & ~1)], sent);
        });
    }

    [Fact]
    public async Task A_mark_of_the_stream_or_another_rate_drops_the_odd_byte()
    {
        var heard = new List<string>();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            for (var i = 0; i < 4; i++)
                heard.Add((await peer.ExpectAsync()).GetProperty("realtimeInput").GetRawText());
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync();

        await session.SendAudioAsync(new byte[] { 1, 2, 3 });
        await session.SendAudioStreamEndAsync();
        await session.SendAudioAsync(new byte[] { 4, 5, 6 });
        await session.SendAudioAsync(new byte[] { 7, 8 }, 48_000);
        await session.CloseAsync();

        Assert.Equal(
            [Audio(16_000, 1, 2), """{"audioStreamEnd":true}""", Audio(16_000, 4, 5), Audio(48_000, 7, 8)],
            heard);

        static string Audio(int rate, params byte[] pcm) =>
            $$$"""{"audio":{"mimeType":"audio/pcm;rate={{{rate}}}","data":"{{{Convert.ToBase64String(pcm)}}}"}}""";
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_recording_is_sent_in_real_time(bool fromPipe)
    {
        var clock = new FakeTimeProvider();
        var pcm = new byte[1_280 * 5];
        Random.Shared.NextBytes(pcm);
        var heard = new MemoryStream();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            for (var i = 0; i < 5; i++)
            {
                var audio = (await peer.ExpectAsync()).GetProperty("realtimeInput").GetProperty("audio");
                heard.Write(audio.GetProperty("data").GetBytesFromBase64());
                await peer.SendAsync("""{"serverContent":{"inputTranscription":{"text":"heard"}}}""");
            }
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(configure: options => options.TimeProvider = clock);

        var sending = fromPipe ? session.SendAudioAsync(PipeReader.Create(new MemoryStream(pcm))) : session.SendAudioAsync(new MemoryStream(pcm));
        for (var piece = 0; piece < 5; piece++)
        {
            await session.NextAsync<InputTranscriptUpdate>();
            Assert.Equal(1_280 * (piece + 1), heard.Length);
            clock.Advance(TimeSpan.FromMilliseconds(40));
        }
        await Expect.WithinAsync(sending, "the recording is sent");
        Assert.Equal(pcm, heard.ToArray());
    }

    [Fact]
    public async Task Cancelling_a_recording_stops_it_and_not_the_session()
    {
        var clock = new FakeTimeProvider();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectAsync();
            await peer.SendAsync("""{"serverContent":{"interrupted":true}}""");
            Assert.Equal("on", (await peer.ExpectAsync()).GetProperty("realtimeInput").GetProperty("text").GetString());
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(configure: options => options.TimeProvider = clock);
        using var cancel = new CancellationTokenSource();
        var sending = session.SendAudioAsync(new MemoryStream(new byte[10_000]), cancellationToken: cancel.Token);
        await session.NextAsync<InterruptedUpdate>();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Expect.WithinAsync(sending, "sending stops"));
        await session.SendTextAsync("on");

        Assert.Equal(EndCause.Completed, (await session.EndAsync()).Cause);
    }

    [Theory]
    [InlineData(8_000, false)]
    [InlineData(44_100, true)]
    [InlineData(48_000, false)]
    public async Task A_WAV_header_in_a_stream_is_recognized_and_its_rate_is_sent(int rate, bool fromPipe)
    {
        short[] samples = [.. Enumerable.Range(0, rate / 10).Select(i => (short)(i * 13))];
        var wav = new WavFile(rate, samples).ToBytes();
        var heard = new List<byte>();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            while (heard.Count < samples.Length * 2)
            {
                var audio = (await peer.ExpectAsync()).GetProperty("realtimeInput").GetProperty("audio");
                Assert.Equal($"audio/pcm;rate={rate}", audio.GetProperty("mimeType").GetString());
                heard.AddRange(audio.GetProperty("data").GetBytesFromBase64());
            }
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync();

        await (fromPipe
            ? session.SendAudioAsync(PipeReader.Create(new MemoryStream(wav)), pacing: AudioPacing.AsFastAsPossible)
            : session.SendAudioAsync(new MemoryStream(wav), pacing: AudioPacing.AsFastAsPossible));
        await session.CloseAsync();

        Assert.Equal(Pcm.ToBytes(samples), heard);
    }

    [Fact]
    public async Task Cancelled_pending_read_of_a_pipe_ends_sending()
    {
        using var socket = new SilentSocket();
        var options = new LiveClientOptions();
        var connection = new OpenedConnection(new LiveTransport(socket, options), new UpdateReader(), []);
        await using var session = new LiveSession(new SessionParts(connection, new LiveSetup(), null, options));
        var pipe = new Pipe();

        var sending = session.SendAudioAsync(pipe.Reader);
        pipe.Reader.CancelPendingRead();

        await Expect.WithinAsync(sending, "sending ends");
    }

    [Theory]
    [InlineData("RIFF....WAVEfmt ", "no data chunk")]
    [InlineData("RIFF....AVI LIST", "Not a WAV file")]
    [InlineData("RIFF", "Not a WAV file")]
    public async Task A_stream_with_a_broken_WAV_header_is_refused_before_anything_is_sent(string start, string reason)
    {
        using var socket = new SilentSocket();
        var options = new LiveClientOptions();
        var connection = new OpenedConnection(new LiveTransport(socket, options), new UpdateReader(), []);
        await using var session = new LiveSession(new SessionParts(connection, new LiveSetup(), null, options));

        var refused = await Assert.ThrowsAsync<FormatException>(() => session.SendAudioAsync(new MemoryStream(Encoding.ASCII.GetBytes(start))));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, socket.Messages);
    }

    [Fact]
    public async Task Sending_a_chunk_allocates_nothing()
    {
        using var socket = new SilentSocket();
        var options = new LiveClientOptions();
        var connection = new OpenedConnection(new LiveTransport(socket, options), new UpdateReader(), []);
        await using var session = new LiveSession(new SessionParts(connection, new LiveSetup(), null, options));
        var chunk = new byte[641];

        Assert.Equal(0, Allocated.Least(1_000, () => Assert.True(session.SendAudioAsync(chunk).AsTask().IsCompletedSuccessfully)));
        Assert.True(socket.Messages >= 2_000);
    }

    /// <summary>Accepts everything at once and sends nothing.</summary>
    private sealed class SilentSocket : WebSocket
    {
        private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private WebSocketState _state = WebSocketState.Open;

        public int Messages { get; private set; }

        public override WebSocketCloseStatus? CloseStatus => null;

        public override string? CloseStatusDescription => null;

        public override WebSocketState State => _state;

        public override string? SubProtocol => null;

        public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
        {
            Messages++;
            return ValueTask.CompletedTask;
        }

        public override async ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            await _aborted.Task;
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        }

        public override void Abort()
        {
            _state = WebSocketState.Aborted;
            _aborted.TrySetResult();
        }

        public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
        {
            Abort();
            return Task.CompletedTask;
        }

        public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override void Dispose()
        {
        }

        public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
