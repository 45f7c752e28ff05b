using Parley.Client.Receiving;
using Parley.Client.Tests.Scripted;

namespace Parley.Client.Tests.Receiving;

public class AudioSinkTests
{
    [Fact]
    public async Task The_sink_gets_whole_samples_in_order_with_the_other_updates()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Audio([1, 2, 3]));
            await peer.SendAsync(Wire.Audio([4, 5, 6, 7, 8]));
            await peer.SendAsync("""{"serverContent":{"interrupted":true}}""");
            await peer.SendAsync("""{"serverContent":{"turnComplete":true}}""");
            await peer.SendAsync(Wire.Audio([9, 10]));
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();
        var sink = new Sink();

        await foreach (var update in session.ReadAllAsync(sink))
            sink.Heard.Add(update.GetType().Name);

        // The first updates may not be pooled yet; the order is the same.
        Assert.Equal(["SetupCompleteUpdate", "1 2", "3 4 5 6 7 8", "InterruptedUpdate", "TurnCompleteUpdate", "9 10", "SessionEndedUpdate"], sink.Heard);
    }

    [Fact]
    public async Task Updates_of_a_reader_without_a_sink_are_not_reused()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Audio([1, 2]));
            await peer.ExpectAsync();
            for (byte i = 1; i <= 100; i++)
                await peer.SendAsync(Wire.Audio([i, i]));
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();
        var sink = new Sink();
        var reading = session.ReadAllAsync(sink).GetAsyncEnumerator();
        Assert.True(await reading.MoveNextAsync());
        await reading.DisposeAsync();
        await session.SendTextAsync("more");

        var updates = await session.ReadToEndAsync();

        Assert.Equal(Enumerable.Range(1, 100), updates.OfType<AudioUpdate>().Skip(1).Select(update => (int)update.Pcm.Span[0]));
        Assert.All(updates.OfType<AudioUpdate>(), update => Assert.NotNull(update.Raw.ServerContent));
    }

    [Fact]
    public void A_copied_update_is_not_returned_to_the_pool()
    {
        var pool = new AudioPool(kept: 2);
        Assert.False(pool.TryRent(10, out _));
        pool.Use();
        Assert.True(pool.TryRent(10, out var update));
        update.Refill(4, 24_000);
        var copy = update with { RateHz = 8_000 };
        pool.Return(copy);
        pool.Return(update);

        Assert.True(pool.TryRent(10, out var next));
        Assert.NotSame(update, next);
        Assert.NotSame(copy, next);
        pool.Return(next);
        Assert.True(pool.TryRent(10, out var again));
        Assert.Same(next, again);
        Assert.Equal((4, 8_000), (copy.Pcm.Length, copy.RateHz));
    }

    [Fact]
    public async Task Invalid_base64_is_passed_to_the_codec_with_and_without_a_sink()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectAsync();
            await peer.SendAsync(Wire.Audio([1, 2]).Replace("AQI=", "AQI!", StringComparison.Ordinal));
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync();
        var kinds = new List<string>();
        await foreach (var update in session.ReadAllAsync(new Sink()))
        {
            kinds.Add(update.GetType().Name);
            if (update is SetupCompleteUpdate)
                await session.SendTextAsync("now");
        }

        Assert.Equal(["SetupCompleteUpdate", "UnknownMessageUpdate", "SessionEndedUpdate"], kinds);
    }

    private sealed class Sink : IAudioSink
    {
        internal List<string> Heard { get; } = [];

        public void Write(ReadOnlySpan<byte> pcm, int rateHz)
        {
            Assert.Equal(24_000, rateHz);
            Heard.Add(string.Join(' ', pcm.ToArray()));
        }
    }
}
