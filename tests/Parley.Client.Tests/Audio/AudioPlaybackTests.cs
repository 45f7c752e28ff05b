using CsCheck;
using Parley.TestKit;

namespace Parley.Client.Tests.Audio;

public class AudioPlaybackTests
{
    private const int Piece = 960; // 20 ms at 24 kHz

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly ArmedClock _clock = new();

    [Fact]
    public async Task An_answer_faster_than_real_time_is_queued_and_played_in_full()
    {
        var output = new FakeOutput();
        await using var playback = Playback(output);
        var pcm = RandomPcm(24_000 * 2 * 3);

        await playback.WriteAsync(pcm);
        Assert.Equal(TimeSpan.FromSeconds(3), playback.Queued);
        Assert.Equal(TimeSpan.Zero, playback.Played);
        for (var at = 0; at < pcm.Length; at += Piece)
        {
            await PieceAsync(output, at / Piece);
            output.Play(Piece);
        }

        Assert.Equal(pcm, output.Heard);
        Assert.Equal(TimeSpan.FromSeconds(3), playback.Played);
        Assert.Equal(TimeSpan.Zero, playback.Queued);
    }

    [Fact]
    public async Task Written_audio_is_not_played_audio()
    {
        var output = new FakeOutput();
        await using var playback = Playback(output);
        await playback.WriteAsync(RandomPcm(Piece * 5));
        await PieceAsync(output, 4);

        Assert.Equal(TimeSpan.Zero, playback.Played);
        Assert.Equal(TimeSpan.FromMilliseconds(100), playback.Queued);
        Assert.True(playback.IsAudible);
        output.Play(Piece);

        Assert.Equal(TimeSpan.FromMilliseconds(20), playback.Played);
        Assert.Equal(TimeSpan.FromMilliseconds(80), playback.Queued);
        output.Play(Piece * 4);
        Assert.False(playback.IsAudible);
    }

    [Fact]
    public async Task Clearing_stops_queue_and_device_and_the_next_audio_plays_from_its_first_sample()
    {
        var output = new FakeOutput();
        await using var playback = Playback(output);
        await playback.WriteAsync(RandomPcm(24_000 * 2 * 30));
        await PieceAsync(output, 4);
        output.Play(Piece);
        await PieceAsync(output, 5);

        playback.Clear();
        Assert.False(playback.IsAudible);
        Assert.Equal(TimeSpan.Zero, playback.Queued);
        Assert.Equal(TimeSpan.FromMilliseconds(20), playback.Played);
        var old = output.Pieces.Snapshot.Count;
        var fresh = RandomPcm(Piece * 2, seed: 9);
        await playback.WriteAsync(fresh);
        await PieceAsync(output, old + 1);
        output.Play(Piece * 2);

        Assert.Equal(fresh, output.Heard[Piece..]);
    }

    [Fact]
    public async Task Any_fragmentation_of_audio_plays_the_same_samples()
    {
        var pcm = RandomPcm(30_000);
        await Gen.Int[0, 3_001].Array[1, 20].SampleAsync(async sizes =>
        {
            var output = new FakeOutput(bufferBytes: 100_000);
            await using var playback = Playback(output);
            var at = 0;
            foreach (var size in sizes)
            {
                await playback.WriteAsync(pcm.AsMemory(at, Math.Min(size, pcm.Length - at)));
                at += Math.Min(size, pcm.Length - at);
            }
            var whole = at & ~1;
            if (whole > 0)
                await output.Pieces.FirstAsync(_ => output.Pieces.Snapshot.Sum(piece => piece.Length) == whole || Taken(output) == whole, "all of it is taken");

            Assert.Equal(pcm[..whole], output.Pieces.Snapshot.SelectMany(piece => piece));
            Assert.All(output.Pieces.Snapshot, piece => Assert.Equal(0, piece.Length % 2));
        }, iter: 30, threads: 1);
    }

    [Fact]
    public async Task A_full_queue_makes_the_writer_wait_and_loses_nothing()
    {
        var output = new FakeOutput();
        await using var playback = Playback(output, TimeSpan.FromSeconds(1));
        var pcm = RandomPcm(24_000 * 2 * 2);

        var writing = playback.WriteAsync(pcm).AsTask();
        await PieceAsync(output, 4);
        Assert.False(writing.IsCompleted);
        for (var at = 0; at < pcm.Length; at += Piece)
        {
            await PieceAsync(output, at / Piece);
            output.Play(Piece);
        }
        await Expect.WithinAsync(writing, "the writer goes on");

        Assert.Equal(pcm, output.Heard);
    }

    [Fact]
    public async Task Clearing_releases_a_waiting_writer_and_drops_its_audio()
    {
        var output = new FakeOutput();
        await using var playback = Playback(output, TimeSpan.FromSeconds(1));
        var writing = playback.WriteAsync(RandomPcm(24_000 * 2 * 9)).AsTask();
        await PieceAsync(output, 4);

        playback.Clear();
        await Expect.WithinAsync(writing, "the writer goes on");

        Assert.Equal(TimeSpan.Zero, playback.Queued);
    }

    [Fact]
    public async Task Pausing_playback_loses_no_audio()
    {
        var output = new FakeOutput();
        await using var playback = Playback(output);
        playback.Pause();
        var pcm = RandomPcm(Piece * 3);
        await playback.WriteAsync(pcm);
        Assert.True(playback.IsPaused);
        Assert.False(playback.IsAudible);
        Assert.Equal(TimeSpan.FromMilliseconds(60), playback.Queued);
        Assert.Empty(output.Pieces.Snapshot);

        playback.Resume();
        await PieceAsync(output, 2);

        Assert.Equal(pcm, output.Pieces.Snapshot.SelectMany(piece => piece));
    }

    [Fact]
    public async Task Draining_ends_when_the_device_has_played_everything()
    {
        var output = new FakeOutput();
        await using var playback = Playback(output);
        var audible = playback.NextAudibleAsync();
        await playback.WriteAsync(RandomPcm(Piece * 2));
        await PieceAsync(output, 1);
        var drained = playback.DrainAsync();
        await TickAsync();
        await _clock.ArmedAsync(Tick);
        Assert.False(audible.IsCompleted);

        output.Play(Piece);
        await TickUntilAsync(audible);
        Assert.False(drained.IsCompleted);
        output.Play(Piece);
        await TickUntilAsync(drained);

        Assert.True(await audible);
        Assert.True(await drained);
        Assert.True(await playback.DrainAsync());
    }

    [Fact]
    public async Task Draining_returns_false_after_a_clear()
    {
        var output = new FakeOutput();
        await using var playback = Playback(output);
        await playback.WriteAsync(RandomPcm(Piece * 2));
        var drained = playback.DrainAsync();

        playback.Clear();

        Assert.False(await Expect.WithinAsync(drained, "the wait ends"));
    }

    [Fact]
    public async Task Audio_of_another_rate_is_resampled()
    {
        var output = new FakeOutput(bufferBytes: 200_000);
        await using var playback = Playback(output);
        await playback.WriteAsync(RandomPcm(16_000 * 2), 16_000);
        await output.Pieces.FirstAsync(_ => Taken(output) > 46_000, "about a second is taken");

        Assert.InRange(Taken(output), 46_000, 48_000);
    }

    [Fact]
    public async Task A_device_failure_reaches_writers_and_waiters()
    {
        var output = new FakeOutput();
        await using var playback = Playback(output);
        await playback.WriteAsync(RandomPcm(Piece * 9));
        await PieceAsync(output, 4);
        var drained = playback.DrainAsync();
        output.Failure = new AudioDeviceException("unplugged");
        output.Play(Piece);

        Assert.Equal("unplugged", (await Assert.ThrowsAsync<AudioDeviceException>(() => Expect.WithinAsync(drained, "the wait ends"))).Message);
        await Assert.ThrowsAsync<AudioDeviceException>(() => playback.WriteAsync(RandomPcm(Piece)).AsTask());
    }

    [Fact]
    public async Task Disposing_during_playback_frees_the_device()
    {
        var output = new FakeOutput();
        var playback = Playback(output);
        await playback.WriteAsync(RandomPcm(24_000 * 2 * 9));
        var drained = playback.DrainAsync();
        await PieceAsync(output, 4);

        await Expect.WithinAsync(playback.DisposeAsync().AsTask(), "it is disposed");

        Assert.True(output.IsDisposed);
        Assert.False(await drained);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => playback.WriteAsync(RandomPcm(2)).AsTask());
    }

    [Fact]
    public async Task Writing_allocates_nothing()
    {
        var output = new FakeOutput();
        await using var playback = Playback(output, TimeSpan.FromMinutes(3));
        playback.Pause();
        var chunk = RandomPcm(1_921);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 1_000; i++)
                await playback.WriteAsync(chunk);
            playback.Clear();
        }

        Assert.Equal(0, Allocated.Least(200, () => Assert.True(playback.WriteAsync(chunk).AsTask().IsCompletedSuccessfully)));
    }

    private static byte[] RandomPcm(int bytes, int seed = 1)
    {
        var pcm = new byte[bytes];
        new Random(seed).NextBytes(pcm);
        return pcm;
    }

    private static int Taken(FakeOutput output) => output.Pieces.Snapshot.Sum(piece => piece.Length);

    /// <summary>Waits until the device has taken the piece of this number.</summary>
    private static Task<byte[]> PieceAsync(FakeOutput output, int number) =>
        output.Pieces.FirstAsync(_ => output.Pieces.Snapshot.Count > number, $"piece {number} is taken");

    private AudioPlayback Playback(FakeOutput output, TimeSpan? queue = null)
    {
        var options = new AudioPlaybackOptions { TimeProvider = _clock };
        if (queue is { } longest)
            options.MaxQueued = longest;
        return new AudioPlayback(output, options);
    }

    // The loop polls the device by a timer, which it arms when it is idle.
    private async Task TickAsync()
    {
        await _clock.ArmedAsync(Tick);
        _clock.Advance(Tick);
    }

    private async Task TickUntilAsync(Task played)
    {
        while (!played.IsCompleted)
        {
            var armed = _clock.ArmedAsync(Tick);
            await Task.WhenAny(played, armed);
            if (!played.IsCompleted)
                _clock.Advance(Tick);
        }
    }
}
