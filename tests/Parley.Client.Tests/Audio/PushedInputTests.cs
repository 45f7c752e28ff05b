using Parley.Client.Audio.Devices;

namespace Parley.Client.Tests.Audio;

/// <summary>A microphone that delivers by callback, such as WASAPI.</summary>
public sealed class PushedInputTests
{
    [Fact]
    public async Task Audio_is_read_in_order_in_buffers_of_any_size()
    {
        await using var input = Create();
        byte[] all = [.. Enumerable.Range(0, 250).Select(static i => (byte)i)];
        for (var at = 0; at < all.Length; at += 25)
            input.Push(all.AsSpan(at, 25));

        List<byte> read = [];
        var buffer = new byte[7];
        while (read.Count < all.Length)
            read.AddRange(buffer[..await input.ReadAsync(buffer, default)]);

        Assert.Equal(all, read);
    }

    [Fact]
    public async Task Read_waits_for_audio_and_a_cancelled_read_loses_none()
    {
        await using var input = Create();
        using var cancellation = new CancellationTokenSource();
        var buffer = new byte[4];

        var cancelled = input.ReadAsync(buffer, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        var waiting = input.ReadAsync(buffer, default).AsTask();
        input.Push([1, 2]);

        Assert.Equal(2, await Expect.WithinAsync(waiting, "the read gets audio"));
        Assert.Equal([1, 2], buffer[..2]);
    }

    [Fact]
    public async Task Slow_reader_loses_the_oldest_audio_beyond_two_seconds()
    {
        await using var input = Create();
        for (byte second = 1; second <= 5; second++)
            input.Push([.. Enumerable.Repeat(second, 32_000)]);

        List<byte> read = [];
        var buffer = new byte[32_000];
        while (read.Count < 64_000)
            read.AddRange(buffer[..await input.ReadAsync(buffer, default)]);

        Assert.Equal([4, 5], read.Distinct());
    }

    [Fact]
    public async Task Failure_of_the_device_follows_its_last_audio()
    {
        await using var input = Create();
        input.Push([1, 2]);
        input.Fail(new InvalidOperationException("unplugged"));
        var buffer = new byte[4];

        Assert.Equal(2, await input.ReadAsync(buffer, default));
        var error = await Assert.ThrowsAsync<AudioDeviceException>(async () => await input.ReadAsync(buffer, default));
        Assert.Contains("unplugged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Microphone_source_resamples_and_cuts_it_into_pieces()
    {
        var closed = false;
        var input = new PushedInput(48_000, () =>
        {
            closed = true;
            return ValueTask.CompletedTask;
        });
        await using (var microphone = new MicrophoneSource(input))
        {
            for (var i = 0; i < 10; i++)
                input.Push(new byte[2 * 48 * 13]); // 13 ms, no multiple of a piece
            var piece = new byte[MicrophoneSource.ChunkBytes];
            for (var i = 0; i < 5; i++)
                Assert.True(await Expect.WithinAsync(microphone.ReadAsync(piece).AsTask(), "a piece of 20 ms"));
        }
        Assert.True(closed);
    }

    private static PushedInput Create() => new(16_000, static () => ValueTask.CompletedTask);
}
