using Parley.Phone.Tests.Support;

namespace Parley.Phone.Tests;

/// <summary>Lost and late frames of the network.</summary>
public sealed class LossTests
{
    [Theory]
    [InlineData(CallerDialect.Twilio, 1)]
    [InlineData(CallerDialect.Telnyx, 5)]
    [InlineData(CallerDialect.Plivo, 5)]
    public async Task Lost_and_late_frames_leave_no_gap_in_what_the_model_hears(CallerDialect carrier, int percent)
    {
        await using var host = await PhoneHost.StartAsync();
        await using var caller = await host.CallAsync(carrier, options => (options.LossPercent, options.LatePercent, options.Seed) = (percent, percent, 7));
        var model = await host.SessionAsync();

        var said = caller.SayAsync(ConversationTests.Tone(TimeSpan.FromSeconds(6)));
        await host.RunAsync(6_600);
        Assert.True(await said);

        Assert.InRange(caller.Sent.Lost, 1, 40);
        Assert.InRange(caller.Sent.Late, 1, 40);
        Assert.InRange(ConversationTests.Loud(model.Heard, 16_000), 5.8, 6.04);
        // Lost frames are filled: no frame in the middle of the tone is silent.
        var frames = model.Heard.Chunk(320).Select(static frame => frame.Max(static sample => Math.Abs((int)sample))).ToList();
        var (first, last) = (frames.FindIndex(static level => level > 4_000), frames.FindLastIndex(static level => level > 4_000));
        Assert.All(frames[first..last], static level => Assert.InRange(level, 500, 9_000));
    }
}
