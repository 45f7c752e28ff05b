using Parley.Protocol;
using Parley.Recording.Tests.Support;
using Parley.TestKit;

namespace Parley.Recording.Tests;

/// <summary>Records of sessions of a server.</summary>
public sealed class SessionRecordingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_is_recorded_with_both_voices_on_one_clock(bool relayed)
    {
        await using var host = await RecordingHost.StartAsync(relayed: relayed);
        await using var client = await host.OpenAsync();
        var model = await host.SessionAsync();
        // The user speaks for half a second, in chunks of 100 ms.
        for (var i = 0; i < 5; i++)
        {
            await host.PassAsync(100);
            await SpeakAsync(client, 100);
        }
        await host.PassAsync(500);
        model.Send(new ServerContent { InputTranscription = new Transcription { Text = "Hello?" } });
        await host.QuietAsync();
        model.Say(Script.Level(2_000), "Good morning to you");
        model.CompleteTurn();
        await client.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the end of the turn");
        await host.PassAsync(1_000);
        model.Interrupt();
        await host.PassAsync(1_000);
        await host.EndAsync(client);

        var audio = host.Audio;
        Assert.Equal((0, 12_000), Edges(audio.Left, Script.Loud / 2));
        Assert.Equal((24_000, 48_000), Edges(audio.Right, 1));
        Assert.Equal(3.0, audio.Seconds);
        var facts = host.Facts;
        Assert.Equal((true, "completed", relayed, 3.0), (facts.Complete, facts.Outcome, facts.Relayed, facts.Seconds));
        Assert.Equal((1_000, "client"), (facts.Close?.Code, facts.Close?.Cause));
        Assert.Equal([("user", "Hello?", 0.0, 0.5), ("model", "Good morning", 1.0, 2.0)], facts.Transcripts.Select(static t => (t.Speaker, t.Text, t.Start, t.End)));
        Assert.Equal([2.0], facts.Interruptions);
        Assert.StartsWith("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n<v user>Hello?\n", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(host.Folder, "*.vtt"))), StringComparison.Ordinal);
        if (OperatingSystem.IsWindows())
            return;
        foreach (var path in Directory.GetFiles(host.Folder))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    internal static Task SpeakAsync(LiveSocket client, int milliseconds, short value = Script.Loud)
    {
        var pcm = Pcm.ToBytes(Script.Level(milliseconds, value, AudioFormat.InputRateHz));
        var message = new byte[AudioMessage.MaxInputBytes(pcm.Length)];
        var length = AudioMessage.WriteInput(pcm, AudioFormat.InputRateHz, message);
        return client.SendAsync(message.AsMemory(0, length), System.Net.WebSockets.WebSocketMessageType.Text);
    }

    internal static (int First, int End) Edges(short[] samples, int above) =>
        (Array.FindIndex(samples, sample => Math.Abs((int)sample) >= above), Array.FindLastIndex(samples, sample => Math.Abs((int)sample) >= above) + 1);
}
