using System.Threading.Channels;
using Parley.Client.Tests.Scripted;
using Parley.Protocol;

namespace Parley.Client.Tests.Audio;

public sealed class AudioCallTests : IAsyncDisposable
{
    private readonly ChannelInput _input = new();
    private readonly FakeOutput _output = new(bufferBytes: 1 << 20);

    public async ValueTask DisposeAsync()
    {
        await _input.DisposeAsync();
        await _output.DisposeAsync();
    }

    [Fact]
    public async Task The_microphone_is_sent_and_the_answer_is_played()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            Assert.Equal(1, (await AudioOf(peer))[0]);
            Assert.Equal(2, (await AudioOf(peer))[0]);
            await peer.SendAsync(Wire.Audio([5, 0, 6, 0]));
            await peer.SendAsync("""{"serverContent":{"turnComplete":true}}""");
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();
        await using var playback = new AudioPlayback(_output);
        await using var microphone = new MicrophoneSource(_input);
        await using var call = session.WithAudio(microphone, playback);
        _input.Give(1);
        _input.Give(2);

        var end = await Expect.WithinAsync(call.RunAsync(), "the call ends");
        await _output.Pieces.FirstAsync(_ => true, "the answer is played");

        Assert.Equal(EndCause.Completed, end.Cause);
        Assert.Equal([5, 0, 6, 0], _output.Pieces.Snapshot[0]);
    }

    [Fact]
    public async Task An_interruption_stops_playback_and_drops_late_audio_of_the_old_turn()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Audio(new byte[96_000]));
            await peer.SendAsync("""{"serverContent":{"interrupted":true}}""");
            await peer.SendAsync(Wire.Audio([9, 9]));
            await peer.SendAsync("""{"serverContent":{"turnComplete":true}}""");
            await peer.SendAsync(Wire.Audio([3, 0]));
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();
        await using var playback = new AudioPlayback(_output);
        await using var call = session.WithAudio(null, playback);

        await Expect.WithinAsync(call.RunAsync(), "the call ends");
        await _output.Pieces.FirstAsync(piece => piece[0] == 3, "the new turn is played");

        Assert.DoesNotContain(_output.Pieces.Snapshot, piece => piece[0] == 9);
        Assert.Equal(PcmFormat.Hz24000.DurationOf(1), playback.Queued);
    }

    [Fact]
    public async Task An_interruption_between_turns_does_not_drop_the_next_turn()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Audio(new byte[96_000]));
            await peer.SendAsync("""{"serverContent":{"turnComplete":true}}""");
            await peer.SendAsync("""{"serverContent":{"interrupted":true}}""");
            await peer.SendAsync(Wire.Audio([3, 0]));
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();
        await using var playback = new AudioPlayback(_output);
        await using var call = session.WithAudio(null, playback);

        await Expect.WithinAsync(call.RunAsync(), "the call ends");

        await _output.Pieces.FirstAsync(piece => piece[0] == 3, "the new turn is played");
    }

    [Fact]
    public async Task A_local_interruption_stops_playback_before_the_server_is_asked_and_drops_the_rest()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Audio(new byte[96_000]));
            Assert.False((await peer.ExpectAsync()).GetProperty("clientContent").GetProperty("turnComplete").GetBoolean());
            await peer.SendAsync(Wire.Audio([9, 9]));
            await peer.SendAsync("""{"serverContent":{"interrupted":true}}""");
            await peer.SendAsync("""{"serverContent":{"turnComplete":true}}""");
            await peer.SendAsync(Wire.Audio([3, 0]));
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();
        await using var playback = new AudioPlayback(_output);
        await using var call = session.WithAudio(null, playback);
        var running = call.RunAsync();
        await _output.Pieces.FirstAsync(_ => true, "the answer is played");

        Assert.Equal(InterruptResult.Acknowledged, await Expect.WithinAsync(call.InterruptAsync(), "the server acknowledges"));
        await Expect.WithinAsync(running, "the call ends");
        await _output.Pieces.FirstAsync(piece => piece[0] == 3, "the new turn is played");

        Assert.DoesNotContain(_output.Pieces.Snapshot, piece => piece[0] == 9);
    }

    [Fact]
    public async Task Push_to_talk_sends_the_pre_roll_after_activityStart()
    {
        var heard = new List<string>();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            for (var i = 0; i < 4; i++)
                heard.Add(Describe(await peer.ExpectAsync()));
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(new LiveSetup
        {
            Model = "gemini-test",
            RealtimeInput = new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { Disabled = true } },
        });
        await using var microphone = new MicrophoneSource(_input);
        await using var call = session.WithAudio(microphone, null, new AudioCallOptions { PushToTalk = true, PreRoll = TimeSpan.FromMilliseconds(40) });
        foreach (var piece in (byte[])[1, 2, 3])
            await _input.GiveAndWaitAsync(piece);
        Assert.False(call.IsTalking);

        await call.StartTalkingAsync();
        Assert.True(call.IsTalking);
        await _input.GiveAndWaitAsync(4);
        await call.StopTalkingAsync();
        await _input.GiveAndWaitAsync(5);
        await Expect.WithinAsync(call.RunAsync(), "the call ends");

        Assert.Equal(["activityStart", "2 3", "4", "activityEnd"], heard);
    }

    [Fact]
    public async Task The_end_of_a_recording_ends_the_stream()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await AudioOf(peer);
            Assert.True((await peer.ExpectAsync()).GetProperty("realtimeInput").GetProperty("audioStreamEnd").GetBoolean());
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();
        await using var microphone = new MicrophoneSource(_input);
        await using var call = session.WithAudio(microphone, null);
        _input.Give(1);
        _input.End();

        await Expect.WithinAsync(call.MicrophoneEnded, "the microphone ends");

        Assert.True((await call.RunAsync()).IsNormal);
    }

    [Fact]
    public async Task A_microphone_failure_is_reported_and_leaves_the_session_open()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            Assert.Equal("on", (await peer.ExpectAsync()).GetProperty("realtimeInput").GetProperty("text").GetString());
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();
        await using var microphone = new MicrophoneSource(_input);
        await using var call = session.WithAudio(microphone, null);
        _input.Fail(new AudioDeviceException("unplugged"));

        await Assert.ThrowsAsync<AudioDeviceException>(() => Expect.WithinAsync(call.MicrophoneEnded, "the microphone ends"));
        await session.SendTextAsync("on");

        Assert.True((await Expect.WithinAsync(call.RunAsync(), "the call ends")).IsNormal);
    }

    private static async Task<byte[]> AudioOf(ScriptedPeer peer) =>
        (await peer.ExpectAsync()).GetProperty("realtimeInput").GetProperty("audio").GetProperty("data").GetBytesFromBase64();

    private static string Describe(System.Text.Json.JsonElement message)
    {
        var input = message.GetProperty("realtimeInput");
        return input.TryGetProperty("audio", out var audio)
            ? string.Join(' ', audio.GetProperty("data").GetBytesFromBase64().Chunk(MicrophoneSource.ChunkBytes).Select(piece => piece[0]))
            : input.EnumerateObject().First().Name;
    }

    /// <summary>A microphone that the test feeds: pieces of 20 ms, each of one value.</summary>
    private sealed class ChannelInput : IAudioInput
    {
        private readonly Channel<byte> _pieces = Channel.CreateUnbounded<byte>();
        private readonly EventLog<int> _asked = new();
        private int _given;
        private int _reads;

        public int RateHz => 16_000;

        public void Give(byte value)
        {
            _given++;
            _pieces.Writer.TryWrite(value);
        }

        /// <summary>Delivers a piece and waits until the reader has processed it, which is when it asks for the next one.</summary>
        public async Task GiveAndWaitAsync(byte value)
        {
            Give(value);
            await _asked.FirstAsync(read => read > _given, "the reader asks for more");
        }

        public void End() => _pieces.Writer.Complete();

        public void Fail(Exception error) => _pieces.Writer.Complete(error);

        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            _asked.Add(++_reads);
            try
            {
                var value = await _pieces.Reader.ReadAsync(cancellationToken);
                buffer.Span[..MicrophoneSource.ChunkBytes].Fill(value);
                return MicrophoneSource.ChunkBytes;
            }
            catch (ChannelClosedException e)
            {
                return e.InnerException is { } error ? throw error : 0;
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
