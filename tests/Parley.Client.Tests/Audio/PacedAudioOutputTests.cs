using Microsoft.Extensions.Time.Testing;
using Parley.Client.Audio.Devices;

namespace Parley.Client.Tests.Audio;

public sealed class PacedAudioOutputTests : IDisposable
{
    private const int Piece = 960;

    private readonly FakeTimeProvider _clock = new();
    private readonly MemoryStream _stream = new();

    public void Dispose() => _stream.Dispose();

    [Fact]
    public async Task Output_is_written_at_most_100_ms_ahead_of_playback()
    {
        await using var output = AudioDevices.ToStream(_stream, leaveOpen: true, timeProvider: _clock);
        for (var i = 0; i < 5; i++)
            await output.WriteAsync(new byte[Piece], default);
        var sixth = output.WriteAsync(new byte[Piece], default).AsTask();
        Assert.False(sixth.IsCompleted);
        Assert.Equal(0, output.PlayedBytes);

        _clock.Advance(TimeSpan.FromMilliseconds(20));
        await Expect.WithinAsync(sixth, "there is room");

        Assert.Equal(Piece, output.PlayedBytes);
        Assert.Equal(6 * Piece, _stream.Length);
    }

    [Fact]
    public async Task Time_without_audio_does_not_count_as_played()
    {
        await using var output = AudioDevices.ToStream(_stream, leaveOpen: true, timeProvider: _clock);
        await output.WriteAsync(new byte[Piece], default);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(Piece, output.PlayedBytes);

        await output.WriteAsync(new byte[Piece], default);
        Assert.Equal(Piece, output.PlayedBytes);
        _clock.Advance(TimeSpan.FromMilliseconds(10));

        Assert.Equal(Piece + (Piece / 2), output.PlayedBytes);
    }

    [Fact]
    public async Task Cleared_audio_never_counts_and_a_cancelled_write_writes_nothing()
    {
        await using var output = AudioDevices.ToStream(_stream, leaveOpen: true, timeProvider: _clock);
        for (var i = 0; i < 5; i++)
            await output.WriteAsync(new byte[Piece], default);
        using var cancel = new CancellationTokenSource();
        var waiting = output.WriteAsync(new byte[Piece], cancel.Token).AsTask();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Expect.WithinAsync(waiting, "the write is cancelled"));
        _clock.Advance(TimeSpan.FromMilliseconds(10));
        output.Clear();
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Piece / 2, output.PlayedBytes);
        Assert.Equal(5 * Piece, _stream.Length);
    }

    [Fact]
    public async Task A_wav_file_ends_where_playback_was_cut()
    {
        var path = Path.Combine(Path.GetTempPath(), Guid.NewGuid() + ".wav");
        try
        {
            await using (var output = AudioDevices.ToWavFile(path, _clock))
            {
                for (var i = 0; i < 5; i++)
                    await output.WriteAsync(new byte[Piece], default);
                _clock.Advance(TimeSpan.FromMilliseconds(30));
                output.Clear();
                await output.WriteAsync(new byte[Piece], default);
            }

            Assert.Equal(TimeSpan.FromMilliseconds(50), WavFile.Load(path).Duration);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Playback_of_a_device_starts_after_its_latency()
    {
        await using var output = new PacedAudioOutput(new StreamSink(_stream, leaveOpen: true), 24_000, _clock, TimeSpan.FromMilliseconds(40));
        await output.WriteAsync(new byte[Piece], default);
        _clock.Advance(TimeSpan.FromMilliseconds(40));
        Assert.Equal(0, output.PlayedBytes);
        _clock.Advance(TimeSpan.FromMilliseconds(20));

        Assert.Equal(Piece, output.PlayedBytes);
    }
}
