using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Parley.Client.Tests.Audio;

public class MicrophoneSourceTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Any_buffer_size_of_the_device_gives_pieces_of_20_ms_padded_with_silence()
    {
        byte[] pcm = [.. Enumerable.Range(0, 5_000).Select(i => (byte)(i * 11))];
        await Gen.Int[1, 900].Array[1, 30].SampleAsync(async cuts =>
        {
            await using var microphone = new MicrophoneSource(new CutInput(pcm, cuts, 16_000));
            var heard = await ReadToEndAsync(microphone);

            Assert.Equal(0, heard.Length % MicrophoneSource.ChunkBytes);
            Assert.Equal(pcm, heard[..pcm.Length]);
            Assert.True(heard.Length - pcm.Length < MicrophoneSource.ChunkBytes);
            Assert.All(heard[pcm.Length..], value => Assert.Equal(0, value));
        }, iter: 100, threads: 1);
    }

    [Theory]
    [InlineData(8_000)]
    [InlineData(44_100)]
    [InlineData(48_000)]
    public async Task Any_device_rate_is_resampled_to_16_kHz(int rateHz)
    {
        // A tone of 400 Hz at half of full scale, one second of it.
        var tone = Enumerable.Range(0, rateHz).Select(i => (short)(16_384 * Math.Sin(2 * Math.PI * 400 * i / rateHz))).ToArray();
        await using var microphone = new MicrophoneSource(new CutInput(Pcm.ToBytes(tone), [333], rateHz));

        var heard = await ReadToEndAsync(microphone);

        Assert.Equal(32_000, heard.Length);
        var level = AudioLevel.Of(heard.AsSpan(3_200, 25_600));
        Assert.Equal(-9.03, level.RmsDb, 0.1);
        Assert.Equal(-6.02, level.PeakDb, 0.1);
    }

    [Fact]
    public async Task A_muted_microphone_sends_silence_and_still_measures_its_level()
    {
        byte[] loud = [.. Enumerable.Repeat((byte)0x40, 1_280)];
        await using var microphone = new MicrophoneSource(new CutInput(loud, [640], 16_000)) { IsMuted = true };
        var chunk = new byte[MicrophoneSource.ChunkBytes];

        Assert.True(await microphone.ReadAsync(chunk));
        Assert.All(chunk, value => Assert.Equal(0, value));
        Assert.InRange(microphone.Level.RmsDb, -7, -5);
        microphone.IsMuted = false;
        Assert.True(await microphone.ReadAsync(chunk));

        Assert.All(chunk, value => Assert.Equal(0x40, value));
        Assert.False(await microphone.ReadAsync(chunk));
    }

    [Fact]
    public async Task A_recording_is_read_in_real_time_followed_by_silence()
    {
        byte[] pcm = [.. Enumerable.Repeat((byte)7, 1_000)];
        await using var input = new RecordedAudioInput(new MemoryStream(pcm), 16_000, thenSilence: true, _clock);
        await using var microphone = new MicrophoneSource(input);
        var chunk = new byte[MicrophoneSource.ChunkBytes];

        Assert.True(await microphone.ReadAsync(chunk));
        var second = microphone.ReadAsync(chunk).AsTask();
        Assert.False(second.IsCompleted);
        Assert.False(input.Ended.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(20));
        for (var i = 0; i < 4 && !second.IsCompleted; i++)
            _clock.Advance(TimeSpan.FromMilliseconds(20));
        Assert.True(await Expect.WithinAsync(second, "the second piece"));
        await Expect.WithinAsync(input.Ended, "the recording ends");

        Assert.All(chunk[..360], value => Assert.Equal(7, value));
        Assert.All(chunk[360..], value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(16_000)]
    [InlineData(44_100)]
    [InlineData(8_000)]
    public async Task A_WAV_file_from_a_pipe_is_resampled_to_the_rate_of_the_input(int rate)
    {
        short[] samples = [.. Enumerable.Range(0, rate / 5).Select(i => (short)(10_000 * Math.Sin(i * 2 * Math.PI * 440 / rate)))];
        var resampler = new Resampler(rate, 16_000);
        var expected = new short[resampler.MaxOutputSamples(samples.Length) + resampler.MaxFlushSamples];
        var count = resampler.Process(samples, expected);
        count += resampler.Flush(expected.AsSpan(count));
        // Every look at this clock is a second later, so that nothing waits.
        var clock = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        await using var input = new RecordedAudioInput(new MemoryStream(new WavFile(rate, samples).ToBytes()), 16_000, timeProvider: clock);
        var buffer = new byte[640];
        var heard = new List<byte>();
        while (true)
        {
            var length = await input.ReadAsync(buffer, TestContext.Current.CancellationToken);
            if (length == 0)
                break;
            heard.AddRange(buffer.AsSpan(0, length));
        }

        Assert.Equal(16_000, input.RateHz);
        Assert.Equal(Pcm.ToBytes(expected.AsSpan(0, count)), heard);
    }

    [Fact]
    public async Task The_echo_guard_mutes_the_microphone_during_playback_and_its_tail()
    {
        var output = new FakeOutput();
        await using var playback = new AudioPlayback(output, new AudioPlaybackOptions { TimeProvider = _clock });
        var guard = new EchoGuard(playback, timeProvider: _clock);
        await using var microphone = new MicrophoneSource(new CutInput(new byte[6_400].Select(_ => (byte)1).ToArray(), [640], 16_000), guard);

        Assert.True(await IsOpenAsync(microphone));
        await playback.WriteAsync(new byte[960]);
        await output.Pieces.FirstAsync(_ => true, "the sound is taken");
        Assert.False(await IsOpenAsync(microphone));
        output.Play(960);
        _clock.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(await IsOpenAsync(microphone));
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(await IsOpenAsync(microphone));
        Assert.False(guard.IsClosed);
    }

    [Fact]
    public async Task The_echo_guard_can_attenuate_instead_of_mute()
    {
        await using var playback = new AudioPlayback(new FakeOutput(), new AudioPlaybackOptions { TimeProvider = _clock });
        await playback.WriteAsync(new byte[9_600]);
        var guard = new EchoGuard(playback, new EchoGuardOptions { AttenuationDb = 20 }, _clock);
        var pcm = Pcm.ToBytes([1_000, -1_000, short.MinValue]);

        guard.Apply(pcm);

        Assert.Equal([100, -100, -3_277], Pcm.ToSamples(pcm));
    }

    [Fact]
    public void Levels_are_decibels_of_full_scale()
    {
        Assert.Equal(AudioLevel.Silence, AudioLevel.Of([]));
        Assert.Equal(AudioLevel.Silence, AudioLevel.Of(new byte[640]));
        Assert.Equal(0, AudioLevel.Of(Pcm.ToBytes([short.MinValue, short.MinValue])).RmsDb, 0.001);
        Assert.Equal(-20, AudioLevel.Of(Pcm.ToBytes([3_277, 0])).PeakDb, 0.01);
        Assert.Equal(-23.01, AudioLevel.Of(Pcm.ToBytes([3_277, 0])).RmsDb, 0.01);
    }

    private static async Task<byte[]> ReadToEndAsync(MicrophoneSource microphone)
    {
        var heard = new MemoryStream();
        var chunk = new byte[MicrophoneSource.ChunkBytes];
        while (await microphone.ReadAsync(chunk))
            heard.Write(chunk);
        return heard.ToArray();
    }

    private static async Task<bool> IsOpenAsync(MicrophoneSource microphone)
    {
        var chunk = new byte[MicrophoneSource.ChunkBytes];
        Assert.True(await microphone.ReadAsync(chunk));
        return chunk[0] != 0;
    }

    /// <summary>A device that delivers its audio at once, in pieces of its own size.</summary>
    private sealed class CutInput(byte[] pcm, int[] cuts, int rateHz) : IAudioInput
    {
        private int _at;
        private int _cut;

        public int RateHz => rateHz;

        public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var length = Math.Min(Math.Min(cuts[_cut++ % cuts.Length], buffer.Length), pcm.Length - _at);
            pcm.AsMemory(_at, length).CopyTo(buffer);
            _at += length;
            return new(length);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
