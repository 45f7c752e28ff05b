namespace Parley.Protocol.Tests;

public sealed class AudioFormatTests
{
    [Theory]
    [InlineData("audio/pcm", 16_000)]
    [InlineData("audio/pcm;rate=8000", 8_000)]
    [InlineData("Audio/PCM; Rate=44100", 44_100)]
    [InlineData("audio/l16;channels=1;rate=24000", 24_000)]
    [InlineData("audio/pcm;codec=s16le", 16_000)]
    public void Rate_is_read_from_a_media_type(string mimeType, int rateHz)
    {
        Assert.True(AudioFormat.TryParseRate(mimeType, AudioFormat.InputRateHz, out var found));
        Assert.Equal(rateHz, found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("audio/wav")]
    [InlineData("audio/pcmx")]
    [InlineData("audio/pcm;rate=")]
    [InlineData("audio/pcm;rate=0")]
    [InlineData("audio/pcm;rate=-16000")]
    [InlineData("audio/pcm;rate=16000.5")]
    [InlineData("audio/pcm;rate=99999999999")]
    [InlineData("audio/pcm;rate=3999")]
    [InlineData("audio/pcm;rate=192001")]
    [InlineData("audio/pcm;rate=16000;channels=2")]
    [InlineData("audio/pcm;rate=16000;rate=24000")]
    public void Media_type_with_an_invalid_rate_is_refused(string mimeType) =>
        Assert.False(AudioFormat.TryParseRate(mimeType, AudioFormat.InputRateHz, out _));

    [Fact]
    public void Media_type_survives_writing_and_reading()
    {
        Assert.Equal("audio/pcm;rate=16000", AudioFormat.MimeType(16_000));
        Assert.Equal(AudioFormat.OutputMimeType, AudioFormat.MimeType(AudioFormat.OutputRateHz));
    }
}
