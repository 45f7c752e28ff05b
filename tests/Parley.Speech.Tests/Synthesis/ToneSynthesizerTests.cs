using CsCheck;
using Parley.Speech.Synthesis;

namespace Parley.Speech.Tests;

public sealed class ToneSynthesizerTests
{
    private readonly ToneSynthesizer _tone = new();

    [Fact]
    public async Task Spoken_tones_can_be_decoded() =>
        Assert.Equal("hello, it's 42 - isn't it?", ToneCode.Decode(await _tone.CollectAsync("Hello,  it's 42 - isn't it?")));

    [Fact]
    public async Task Any_encodable_words_round_trip() =>
        await Gen.String[Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789"], 1, 8].Array[1, 6].SampleAsync(async words =>
        {
            var text = string.Join(' ', words);
            // "www" begins a web address, whose host is spoken.
            if (!text.Contains("www", StringComparison.Ordinal))
                Assert.Equal(text, ToneCode.Decode(await _tone.CollectAsync(text)));
        }, iter: 50);

    [Theory]
    [InlineData(16_000, 0)]
    [InlineData(16_000, 137)]
    [InlineData(8_000, 5_001)]
    [InlineData(48_000, 333)]
    public async Task Tones_survive_resampling_and_any_silence_before_them(int rate, int silence)
    {
        var samples = await _tone.CollectAsync("seven times six is 42.");
        var resampler = new Resampler(24_000, rate);
        var sound = new short[resampler.MaxOutputSamples(samples.Length) + resampler.MaxFlushSamples];
        var length = resampler.Process(samples, sound);
        length += resampler.Flush(sound.AsSpan(length));

        Assert.Equal("seven times six is 42.", ToneCode.Decode([.. new short[silence], .. sound[..length]], rate));
    }

    [Fact]
    public void Other_audio_decodes_without_error()
    {
        Assert.Equal("", ToneCode.Decode([]));
        Assert.Equal("", ToneCode.Decode(new short[50_000]));
        Assert.NotNull(ToneCode.Decode(Signals.Noise(2_000, 20_000, rate: 24_000)));
    }

    [Theory]
    [MemberData(nameof(Speaking.HostileTexts), MemberType = typeof(Speaking))]
    public async Task Hostile_text_neither_crashes_nor_hangs(string what, string text)
    {
        Assert.NotEmpty(what);
        await _tone.CollectAsync(text);
    }

    [Fact]
    public async Task Cancelling_ends_the_stream()
    {
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var chunk in _tone.SpeakAsync("Hello there", VoiceCatalog.Default, cancellation.Token))
                await cancellation.CancelAsync();
        });
    }
}
