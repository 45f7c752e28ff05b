using Parley.Client.Audio.Devices;

namespace Parley.Client.Tests.Audio;

/// <summary>A loudspeaker that asks for audio, such as WASAPI: its queue, its played position, and stopping.</summary>
public sealed class PulledOutputTests
{
    private const int Rate = 24_000;

    [Fact]
    public async Task Device_gets_the_audio_in_order_and_silence_in_between()
    {
        await using var device = new FakeDevice();
        await using var output = new PulledOutput(device, new TestClock());

        var empty = device.Pull(4);
        await output.WriteAsync(new byte[] { 1, 2, 3, 4, 5, 6 }, default);
        var first = device.Pull(4);
        var second = device.Pull(4);

        Assert.Equal(new byte[4], empty);
        Assert.Equal([1, 2, 3, 4], first);
        Assert.Equal([5, 6, 0, 0], second);
    }

    [Fact]
    public async Task Played_counts_audio_that_left_the_loudspeaker_and_no_silence()
    {
        await using var device = new FakeDevice();
        await using var output = new PulledOutput(device, new TestClock());
        device.Pull(100);
        await output.WriteAsync(Noise(60), default);
        device.Pull(100);
        await output.WriteAsync(Noise(40), default);
        device.Pull(100);

        Assert.Equal(0, output.PlayedBytes);
        device.Play(100); // silence before the audio
        Assert.Equal(0, output.PlayedBytes);
        device.Play(50);
        Assert.Equal(50, output.PlayedBytes);
        device.Play(50); // ten bytes of audio, forty of silence
        Assert.Equal(60, output.PlayedBytes);
        device.Play(20);
        Assert.Equal(80, output.PlayedBytes);
        device.Play(1_000);
        Assert.Equal(100, output.PlayedBytes);
    }

    [Fact]
    public async Task Clear_drops_what_was_not_heard_in_the_queue_and_in_the_device()
    {
        await using var device = new FakeDevice();
        await using var output = new PulledOutput(device, new TestClock());
        await output.WriteAsync(Noise(100), default);
        device.Pull(60);
        device.Play(20);

        output.Clear();
        var after = device.Pull(60);
        await output.WriteAsync(Noise(10, first: 7), default);
        var next = device.Pull(10);
        device.Play(65);

        Assert.Equal(1, device.Restarts);
        Assert.Equal(new byte[60], after);
        Assert.Equal(Noise(10, first: 7), next);
        Assert.Equal(25, output.PlayedBytes);
    }

    [Fact]
    public async Task Position_never_goes_back_nor_beyond_what_was_written_whatever_happens()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            await using var device = new FakeDevice();
            await using var output = new PulledOutput(device, new TestClock());
            long written = 0, last = 0, cleared = 0;
            for (var step = 0; step < 60; step++)
            {
                switch (random.Next(8))
                {
                    case 0 when output.PlayedBytes is var played:
                        output.Clear();
                        cleared = written - played;
                        written = played;
                        break;
                    case < 3 when device.Held < 4_000:
                        var piece = Noise(2 * random.Next(1, 200));
                        await output.WriteAsync(piece, default);
                        written += piece.Length;
                        break;
                    case < 6:
                        device.Pull(2 * random.Next(1, 300));
                        break;
                    default:
                        device.Play(2 * random.Next(1, 300));
                        break;
                }
                Assert.True(output.PlayedBytes >= last && output.PlayedBytes <= written, $"seed {seed}, step {step}, cleared {cleared}");
                last = output.PlayedBytes;
                device.Pull(device.Held > 3_000 ? 2_000 : 2);
            }
            device.Pull(100_000);
            device.Play(200_000);
            Assert.Equal(written, output.PlayedBytes);
        }
    }

    [Fact]
    public async Task Write_waits_for_room_and_a_cancelled_write_has_written_nothing()
    {
        var clock = new TestClock();
        await using var device = new FakeDevice();
        await using var output = new PulledOutput(device, clock);
        var full = Noise((int)new PcmFormat(Rate).BytesIn(PulledOutput.Lead));
        await output.WriteAsync(full, default);
        using var cancellation = new CancellationTokenSource();

        var cancelled = output.WriteAsync(Noise(2), cancellation.Token).AsTask();
        Assert.False(cancelled.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        var waiting = output.WriteAsync(Noise(2, first: 9), default).AsTask();
        Assert.Equal(full, device.Pull(full.Length));
        clock.Advance(TimeSpan.FromMilliseconds(10));
        await Expect.WithinAsync(waiting, "the write gets room");

        Assert.Equal(Noise(2, first: 9), device.Pull(2));
    }

    [Fact]
    public async Task Failed_device_fails_the_next_write()
    {
        await using var device = new FakeDevice();
        await using var output = new PulledOutput(device, new TestClock());

        device.Fail(new InvalidOperationException("unplugged"));

        var error = await Assert.ThrowsAsync<AudioDeviceException>(async () => await output.WriteAsync(Noise(2), default));
        Assert.Contains("unplugged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_is_played_and_an_interruption_stops_it()
    {
        var clock = new TestClock();
        await using var device = new FakeDevice();
        await using var playback = new AudioPlayback(new PulledOutput(device, clock));
        var audible = playback.NextAudibleAsync(default);
        await playback.WriteAsync(Noise(4_800), Rate, default);
        await Expect.WithinAsync(device.WrittenAsync(() => device.Pull(480).Any(static sample => sample != 0)), "the device gets audio");

        playback.Clear();

        Assert.Equal(new byte[480], device.Pull(480));
        Assert.Equal(TimeSpan.Zero, playback.Queued);
        Assert.False(await Expect.WithinAsync(audible, "the answer was cut before it was heard"));
    }

    private static byte[] Noise(int length, byte first = 1) => [.. Enumerable.Range(0, length).Select(i => (byte)(first + (i % 200)))];

    private sealed class FakeDevice : IPullDevice
    {
        private FillAudio _fill = static _ => { };
        private Action<Exception> _failed = static _ => { };
        private long _pulled;
        private long _played;

        public int RateHz => Rate;

        // A device has never played more than it was given.
        public long PlayedBytes => Math.Min(_played, _pulled);

        internal int Restarts { get; private set; }

        /// <summary>Bytes given to the device and not played.</summary>
        internal long Held => _pulled - PlayedBytes;

        public void Start(FillAudio fill, Action<Exception> failed) => (_fill, _failed) = (fill, failed);

        public void Restart()
        {
            // The thread of a device may ask for audio while it is being stopped.
            var late = new byte[8];
            _fill(late);
            Assert.Equal(new byte[8], late);
            Restarts++;
            (_pulled, _played) = (0, 0);
        }

        internal byte[] Pull(int length)
        {
            var buffer = new byte[length];
            buffer.AsSpan().Fill(255);
            _fill(buffer);
            _pulled += length;
            return buffer;
        }

        internal void Play(int length) => _played = Math.Min(_played + length, _pulled);

        internal void Fail(Exception error) => _failed(error);

        internal async Task WrittenAsync(Func<bool> written)
        {
            while (!written())
                await Task.Yield();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
