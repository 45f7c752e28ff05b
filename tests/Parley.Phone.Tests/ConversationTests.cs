using Parley.Phone.Tests.Support;

namespace Parley.Phone.Tests;

/// <summary>Calls of all carriers, with a caller and a clock.</summary>
public sealed class ConversationTests
{
    public static TheoryData<CallerDialect> Carriers => [CallerDialect.Twilio, CallerDialect.Telnyx, CallerDialect.Plivo];

    [Theory]
    [MemberData(nameof(Carriers))]
    public async Task Caller_and_model_hear_each_other(CallerDialect carrier)
    {
        await using var host = await PhoneHost.StartAsync();
        await using var caller = await host.CallAsync(carrier);
        var model = await host.SessionAsync();

        var said = caller.SayAsync(Sound.Speech("hello", TimeSpan.FromMilliseconds(600)));
        await host.RunAsync(1_000);
        Assert.True(await said);
        model.Say(Sound.Speech("good morning", TimeSpan.FromMilliseconds(800)));
        model.CompleteTurn();
        await host.RunAsync(1_500);

        Assert.InRange(Loud(model.Heard, 16_000), 0.5, 0.7);
        Assert.InRange(Loud(caller.Heard.Samples.ToArray(), 8_000), 0.7, 0.9);
        Assert.Empty(caller.Problems);
        Assert.Contains(caller.Events, static e => e.Kind == CallerEventKind.MarkPlayed);
    }

    [Fact]
    public async Task The_answer_is_played_without_a_gap_and_not_far_ahead()
    {
        await using var host = await PhoneHost.StartAsync();
        await using var caller = await host.CallAsync(CallerDialect.Twilio);
        var model = await host.SessionAsync();
        await host.RunAsync(100);

        model.Say(Tone(TimeSpan.FromSeconds(2)));
        model.CompleteTurn();
        var most = TimeSpan.Zero;
        for (var i = 0; i < 130; i++)
        {
            await host.RunAsync(20);
            most = caller.Buffered > most ? caller.Buffered : most;
        }

        Assert.InRange(most, TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(120));
        var heard = caller.Heard.Samples.ToArray();
        var first = Array.FindIndex(heard, static sample => Math.Abs(sample) > 1_000);
        var last = Array.FindLastIndex(heard, static sample => Math.Abs(sample) > 1_000);
        Assert.InRange((last - first) / 8_000.0, 1.97, 2.01);
        // No sample jumps further than the tone does: the resampler and the frames are continuous.
        var steepest = 0;
        for (var i = first + 200; i < last - 200; i++)
            steepest = Math.Max(steepest, Math.Abs(heard[i + 1] - heard[i]));
        Assert.InRange(steepest, 1_000, 3_700);
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public async Task Interruption_clears_within_a_frame(CallerDialect carrier)
    {
        await using var host = await PhoneHost.StartAsync();
        await using var caller = await host.CallAsync(carrier);
        var model = await host.SessionAsync();
        model.Say(Tone(TimeSpan.FromSeconds(10)));
        await host.RunAsync(1_000);

        var interrupted = host.Clock.Elapsed;
        model.Interrupt();
        await host.RunAsync(600);

        var cleared = Assert.Single(caller.Events, static e => e.Kind == CallerEventKind.Cleared);
        Assert.InRange(cleared.At - interrupted, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
        Assert.InRange(caller.SilenceAfter(interrupted)!.Value - interrupted, TimeSpan.Zero, TimeSpan.FromMilliseconds(40));
        Assert.Null(caller.SoundAfter(interrupted + TimeSpan.FromMilliseconds(40)));
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public async Task Marks_tell_the_model_what_the_caller_has_heard(CallerDialect carrier)
    {
        await using var host = await PhoneHost.StartAsync();
        await using var caller = await host.CallAsync(carrier);
        var model = await host.SessionAsync();
        model.Say(Tone(TimeSpan.FromSeconds(10)));
        await host.RunAsync(1_000);

        model.Interrupt();
        await host.RunAsync(200);
        var heard = model.Played.Snapshot[^1];
        Assert.InRange(heard, TimeSpan.FromMilliseconds(700), TimeSpan.FromMilliseconds(1_020));

        // Marks that a clear has removed do not count, even if the carrier returns them.
        model.Say(Tone(TimeSpan.FromMilliseconds(400)));
        model.CompleteTurn();
        await host.RunAsync(1_000);

        var all = model.Played.Snapshot;
        Assert.Equal(all.Order(), all);
        // All that was sent on this connection: played, or dropped by the interruption.
        Assert.InRange(all[^1], TimeSpan.FromSeconds(10.35), TimeSpan.FromSeconds(10.4));
    }

    internal static WavFile Tone(TimeSpan duration)
    {
        var samples = new short[(int)(duration.TotalSeconds * 24_000)];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (short)(8_000 * Math.Sin(2 * Math.PI * 440 * i / 24_000));
        return new WavFile(24_000, samples);
    }

    /// <summary>Seconds of audio that are loud.</summary>
    internal static double Loud(short[] samples, int rateHz) =>
        samples.Chunk(rateHz / 50).Count(static frame => Math.Sqrt(frame.Average(static sample => (double)sample * sample)) > 200) / 50.0;
}
