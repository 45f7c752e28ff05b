using System.Text.Json.Nodes;
using Parley.Audio;

namespace Parley.Testing.Tests.Phone;

/// <summary>Lost and late frames.</summary>
public sealed class CallerLossTests
{
    private const int Seconds = 10;

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Lost_frames_of_the_caller_leave_gaps_in_the_time_stamps(int percent)
    {
        var (caller, messages, _) = await CallAsync(CallerDialect.Twilio, options => (options.LossPercent, options.Seed) = (percent, 2));

        var frames = Seconds * 50;
        Assert.Equal(frames, caller.Sent.Frames);
        Assert.InRange(caller.Sent.Lost, 1, frames * percent / 50);
        Assert.Equal(frames - caller.Sent.Lost, messages.Count);
        Assert.Equal(Enumerable.Range(1, messages.Count), messages.Select(static message => int.Parse((string)message["media"]!["chunk"]!)));
        var stamps = messages.Select(static message => int.Parse((string)message["media"]!["timestamp"]!)).ToList();
        Assert.Equal(stamps.Order(), stamps);
        // Frames lost at the very end leave no gap.
        Assert.InRange(stamps.Zip(stamps.Skip(1), static (a, b) => (b - a - 20) / 20).Sum(), caller.Sent.Lost - 2, caller.Sent.Lost);
    }

    [Fact]
    public async Task Lost_frames_of_the_server_are_heard_as_silence()
    {
        var (caller, _, heard) = await CallAsync(CallerDialect.Twilio, static options => options.LossPercent = 5);

        Assert.Equal((Seconds - 1) * 50, caller.Played.Frames);
        Assert.InRange(caller.Played.Lost, 1, Seconds * 5);
        var silent = Enumerable.Range(10, (Seconds - 1) * 50).Count(frame => heard.AsSpan(frame * 160, 160).IndexOfAnyExcept((short)0) < 0);
        Assert.Equal(caller.Played.Lost, silent);
    }

    [Theory]
    [InlineData(CallerDialect.Twilio, true)]
    [InlineData(CallerDialect.Plivo, true)]
    [InlineData(CallerDialect.Telnyx, false)]
    public async Task Late_frames_keep_their_order_except_with_Telnyx(CallerDialect dialect, bool isOrdered)
    {
        var (caller, messages, _) = await CallAsync(dialect, static options => options.LatePercent = 5);

        Assert.InRange(caller.Sent.Late, 10, 40);
        var chunks = messages.Select(static message => int.Parse(message["media"]!["chunk"]!.ToString())).ToList();
        Assert.Equal(isOrdered, chunks.SequenceEqual(chunks.Order()));
        var numbers = messages.Select(static message => int.Parse((message["sequenceNumber"] ?? message["sequence_number"])!.ToString())).ToList();
        Assert.Equal(chunks.Select(static chunk => chunk + 1), numbers);
        // None is lost; those of the last moment are still on their way.
        Assert.InRange(messages.Count, (Seconds * 50) - 3, Seconds * 50);
    }

    [Fact]
    public async Task Late_audio_of_the_server_delays_what_follows()
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync(configure: static options => options.LatePercent = 100);

        await server.SendAsync(VirtualCallerTests.Audio(caller, CallerDialect.Twilio, VirtualCallerTests.Tone(8_000, 1_600)));
        await server.SendAsync($$$"""{"event":"clear","streamSid":"{{{caller.StreamId}}}"}""");
        await server.AdvanceAsync(200);

        var cleared = Assert.Single(caller.Events);
        Assert.Equal(new CallerEvent(TimeSpan.FromMilliseconds(60), CallerEventKind.Cleared, Length: TimeSpan.FromMilliseconds(200)), cleared);
    }

    [Fact]
    public async Task Equal_seeds_give_equal_calls_and_other_seeds_do_not()
    {
        var first = await Stamps(1);

        Assert.Equal(first, await Stamps(1));
        Assert.NotEqual(first, await Stamps(2));

        static async Task<string> Stamps(int seed)
        {
            var (_, messages, heard) = await CallAsync(
                CallerDialect.Telnyx, options => (options.LossPercent, options.LatePercent, options.Seed) = (5, 5, seed));
            var stamps = string.Join(' ', messages.Select(static message => (string)message["media"]!["timestamp"]!));
            return stamps + Convert.ToBase64String(Pcm.ToBytes(heard));
        }
    }

    private static async Task<(VirtualCaller Caller, List<JsonNode> Media, short[] Heard)> CallAsync(
        CallerDialect dialect, Action<VirtualCallerOptions> configure)
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync(dialect, configure);
        await server.AdvanceAsync(190);
        // A second less than the call, so that all of it is heard.
        await server.SendAsync(VirtualCallerTests.Audio(caller, dialect, VirtualCallerTests.Tone(8_000, (Seconds - 1) * 8_000)));
        await server.LeapAsync((Seconds * 1_000) - 190);
        return (caller, server.Of("media"), caller.Heard.Samples.ToArray());
    }
}
