namespace Parley.Speech.Tests;

public sealed class VoiceCatalogTests
{
    [Fact]
    public void There_are_thirty_distinct_voices()
    {
        Assert.Equal(30, VoiceCatalog.All.Count);
        Assert.Equal(30, VoiceCatalog.All.DistinctBy(v => v.Name).Count());
        Assert.Equal(30, VoiceCatalog.All.DistinctBy(v => (v.BaseVoice, v.Stretch, v.PitchShift, v.Warp)).Count());
        Assert.Equal(14, VoiceCatalog.All.Count(v => v.Gender == VoiceGender.Female));
    }

    // "rms" has a fixed pitch, so only stretch and warp tell its voices apart.
    [Fact]
    public void Voices_that_share_a_speaker_differ_in_more_than_an_ignored_parameter() =>
        Assert.Distinct(VoiceCatalog.All.Where(v => v.BaseVoice == "rms").Select(v => v.Warp));

    [Fact]
    public void Voice_names_are_case_sensitive()
    {
        Assert.True(VoiceCatalog.TryGet("Kore", out var kore));
        Assert.Equal("Kore", kore.Name);
        Assert.False(VoiceCatalog.TryGet("kore", out _));
        Assert.False(VoiceCatalog.TryGet("Callirhoe", out _));
        Assert.False(VoiceCatalog.TryGet("", out _));
        Assert.False(VoiceCatalog.TryGet(null, out _));
    }

    [Fact]
    public void Puck_is_the_default_voice() => Assert.Equal("Puck", VoiceCatalog.Default.Name);

    [Fact]
    public void Warp_stays_within_the_intelligible_range_of_a_speaker() =>
        Assert.All(VoiceCatalog.All, v => Assert.InRange(v.Warp, v.BaseVoice == "slt" ? 0.88f : 0.97f, v.BaseVoice == "slt" ? 1.02f : 1.12f));
}
