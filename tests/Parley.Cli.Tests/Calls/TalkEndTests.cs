using System.Net.WebSockets;
using System.Threading.Channels;
using Parley.Client.Tests.Scripted;

namespace Parley.Cli.Tests.Calls;

/// <summary><c>parley talk --audio</c> hangs up when the answer was heard, and never waits without a limit.</summary>
public sealed class TalkEndTests
{
    private static readonly byte[] Sound = [.. Enumerable.Repeat<byte>(0x20, 4_800)];

    [Theory]
    [InlineData("file")]
    [InlineData("-")]
    public async Task Talk_hangs_up_with_the_recording_if_the_answer_is_already_over(string source)
    {
        var clock = new TestClock();
        var heard = Channel.CreateUnbounded<bool>();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Audio(Sound));
            await peer.SendAsync("""{"serverContent":{"outputTranscription":{"text":"Forty-two."}}}""");
            await peer.SendAsync(Wire.TurnComplete);
            await ListenAsync(peer, heard.Writer);
        });
        // Speech, then three seconds of silence: the answer ends before the recording does.
        using var cli = Create(server, clock, new short[48_000]);

        var run = TalkAsync(cli, server, source);
        await cli.Output.WrittenAsync("turn complete");
        var start = clock.Elapsed;
        // The recording lasts three seconds. Waiting for another answer would take eight more: with six it would not end.
        await DriveAsync(clock, run, heard.Reader, start + TimeSpan.FromSeconds(6));
        server.Abandon();

        Assert.Equal(0, (await run).ExitCode);
        Assert.True(clock.Elapsed - start >= TimeSpan.FromSeconds(2.9), $"The call ended after {clock.Elapsed - start}.");
    }

    [Theory]
    [InlineData("file")]
    [InlineData("-")]
    public async Task Talk_says_that_a_recording_was_not_answered(string source)
    {
        var clock = new TestClock();
        var heard = Channel.CreateUnbounded<bool>();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await ListenAsync(peer, heard.Writer);
        });
        using var cli = Create(server, clock, new short[1_600]);

        var run = TalkAsync(cli, server, source);
        await DriveAsync(clock, run, heard.Reader);
        server.Abandon();

        var result = await run;
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The recording was not answered within 30 s.", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Talk_gives_up_on_an_answer_without_an_end()
    {
        var clock = new TestClock();
        var heard = Channel.CreateUnbounded<bool>();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Audio(Sound));
            await peer.SendAsync("""{"serverContent":{"outputTranscription":{"text":"Well"}}}""");
            await ListenAsync(peer, heard.Writer);
        });
        using var cli = Create(server, clock, new short[1_600]);

        var run = TalkAsync(cli, server, "file");
        await cli.Output.WrittenAsync("Well");
        await DriveAsync(clock, run, heard.Reader);
        server.Abandon();

        Assert.Equal(1, (await run).ExitCode);
    }

    private static CliRun Create(ScriptedLiveServer server, TestClock clock, short[] samples)
    {
        var wav = new WavFile(16_000, samples).ToBytes();
        var cli = new CliRun { Invoker = server.Host.Invoker, TimeProvider = clock, Input = wav };
        File.WriteAllBytes(cli.PathOf("question.wav"), wav);
        return cli;
    }

    private static Task<CliResult> TalkAsync(CliRun cli, ScriptedLiveServer server, string source) => cli.RunAsync(
        "talk", "--audio", source == "-" ? "-" : cli.PathOf("question.wav"), "--out", cli.PathOf("heard.wav"), "--url",
        server.Host.BaseAddress.ToString(), "--key", "any-key");

    // The microphone sends a piece every 20 ms, so the clock moves with what the server has received, until the call ends or the clock stops.
    private static async Task DriveAsync(TestClock clock, Task run, ChannelReader<bool> heard, TimeSpan? until = null)
    {
        while ((until is null || clock.Elapsed < until) && await Task.WhenAny(run, heard.WaitToReadAsync().AsTask()) != run)
        {
            heard.TryRead(out _);
            clock.Advance(TimeSpan.FromMilliseconds(20));
        }
        await Expect.WithinAsync(run, "the call ends", TestContext.Current.CancellationToken);
    }

    private static async Task ListenAsync(ScriptedPeer peer, ChannelWriter<bool> heard)
    {
        var buffer = new byte[64 << 10];
        while (await peer.Socket.ReceiveAsync(buffer.AsMemory(), default) is { MessageType: not WebSocketMessageType.Close } received)
        {
            if (received.EndOfMessage)
                heard.TryWrite(true);
        }
    }
}
