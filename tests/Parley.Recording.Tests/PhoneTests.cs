using Parley.Phone;
using Parley.Recording.Tests.Support;

namespace Parley.Recording.Tests;

/// <summary>Telephone calls are recorded as every other session.</summary>
public sealed class PhoneTests
{
    [Fact]
    public async Task A_telephone_call_is_recorded_as_its_caller_hears_it()
    {
        await using var host = await RecordingHost.StartAsync(live: static live => live.AddPhone(static phone => phone.AllowLocalStreams = true), app: static app => app.MapPhone());
        await using var caller = await VirtualCaller.CallAsync(new Uri("ws://localhost/phone/twilio/stream"), options =>
        {
            (options.Dialect, options.TimeProvider, options.Invoker) = (CallerDialect.Twilio, host.Clock, host.Host.Invoker);
        });
        await host.QuietAsync();
        var model = await host.SessionAsync();

        var said = caller.SayAsync(Sound.Speech("hello", TimeSpan.FromMilliseconds(600)));
        await RunAsync(host, 1_000);
        Assert.True(await said);
        model.Say(Script.Level(800), "Good morning");
        model.CompleteTurn();
        await RunAsync(host, 1_500);
        await caller.HangUpAsync();
        await host.QuietAsync();
        await host.Host.StopAsync();

        var audio = host.Audio;
        var (user, answer) = (SessionRecordingTests.Edges(audio.Left, 300), SessionRecordingTests.Edges(audio.Right, 1));
        Assert.InRange((user.End - user.First) / 24_000.0, 0.5, 0.75);
        Assert.InRange((answer.End - answer.First) / 24_000.0, 0.79, 0.81);
        Assert.InRange((answer.First - user.First) / 24_000.0, 0.8, 1.1);
        Assert.Equal("Good morning", host.Facts.Transcripts.Single().Text);
    }

    [Fact]
    public async Task The_caller_hears_the_announcement_and_the_model_counts_its_own_audio_only()
    {
        var wav = Path.Combine(Path.GetTempPath(), $"parley-announcement-{Guid.NewGuid():n}.wav");
        new WavFile(16_000, Script.Level(500, rateHz: 16_000)).Save(wav);
        await using var host = await RecordingHost.StartAsync(
            recording => (recording.Announcement, recording.AnnouncementAudio) = ("This call is recorded.", wav),
            live: static live => live.AddPhone(static phone => phone.AllowLocalStreams = true), app: static app => app.MapPhone());
        File.Delete(wav);
        await using var caller = await VirtualCaller.CallAsync(new Uri("ws://localhost/phone/twilio/stream"), options =>
        {
            (options.Dialect, options.TimeProvider, options.Invoker) = (CallerDialect.Twilio, host.Clock, host.Host.Invoker);
        });
        await RunAsync(host, 1_000);
        Assert.InRange(SessionRecordingTests.Edges(caller.Heard.Samples.ToArray(), 300) is var heard ? (heard.End - heard.First) / 8_000.0 : 0, 0.45, 0.55);

        var model = await host.SessionAsync();
        model.Say(Script.Level(800), "Good morning");
        model.CompleteTurn();
        await RunAsync(host, 1_500);
        await caller.HangUpAsync();
        await host.QuietAsync();

        Assert.InRange(model.Played.Snapshot.Max().TotalSeconds, 0.75, 0.81);
        await host.Host.StopAsync();
        Assert.Equal(["This call is recorded.", "Good morning"], host.Facts.Transcripts.Select(static transcript => transcript.Text));
    }

    private static async Task RunAsync(RecordingHost host, int milliseconds)
    {
        await host.QuietAsync();
        for (var passed = 0; passed < milliseconds; passed += 20)
            await host.Clock.AdvanceAsync(TimeSpan.FromMilliseconds(20));
    }
}
