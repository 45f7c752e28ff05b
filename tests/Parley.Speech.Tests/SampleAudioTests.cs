using Parley.Speech.Activity;

namespace Parley.Speech.Tests;

public sealed class SampleAudioTests
{
    [Theory]
    [InlineData("question.wav")]
    [InlineData("long-question.wav")]
    public void The_recorded_questions_are_one_activity_each(string name)
    {
        var file = WavFile.Load(Path.Combine(AppContext.BaseDirectory, "samples", name));
        Assert.Equal(16_000, file.SampleRateHz);

        using var segmenter = new ActivitySegmenter(
            new EnergyVoiceActivityDetector(), new ActivitySettings { SilenceDuration = TimeSpan.FromMilliseconds(500) });
        var samples = file.Samples.Span;
        Assert.True(segmenter.Advance(ref samples, out var start));
        Assert.True(segmenter.Advance(ref samples, out var end));
        Assert.False(segmenter.Advance(ref samples, out _));
        Assert.True(start.Sample < 10_000);
        Assert.True(end.Sample > file.Samples.Length - 20_000);
    }
}
