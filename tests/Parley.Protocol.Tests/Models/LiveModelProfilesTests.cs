using System.Text;
using System.Text.Json;

namespace Parley.Protocol.Tests.Models;

public class LiveModelProfilesTests
{
    [Theory]
    [InlineData("models/gemini-3.8-live", "gemini-3.8-live")]
    [InlineData("gemini-3.8-live-preview", "gemini-3.8-live")]
    [InlineData("gemini-3.8-live-extended-thinking", "gemini-3.8-live-extended-thinking")]
    [InlineData("publishers/google/models/gemini-live-2.5-flash-native-audio", "gemini-2.5-native-audio")]
    [InlineData("gemini-live-2.5-flash-preview", "gemini-half-cascade")]
    [InlineData("gemini-12-live", "unknown model")]
    [InlineData("", "unknown model")]
    [InlineData(null, "unknown model")]
    public void The_first_profile_that_fits_a_name_counts(string? model, string profile) =>
        Assert.Equal(profile, LiveModelProfiles.BuiltIn.Find(model).Name);

    [Fact]
    public void Every_built_in_profile_is_dated_and_has_a_source() => Assert.All(LiveModelProfiles.BuiltIn.All, static profile =>
    {
        Assert.NotNull(profile.AsOf);
        Assert.NotEmpty(profile.Source!);
        Assert.NotEmpty(profile.Models);
    });

    [Fact]
    public void Every_public_model_has_a_profile() => Assert.All(
        LiveModelProfiles.BuiltIn.PublicModels, static model => Assert.NotSame(LiveModelProfiles.Unknown, LiveModelProfiles.BuiltIn.Find(model.Key)));

    [Fact]
    public void There_are_thirty_voices() => Assert.Equal(30, LiveModelProfiles.BuiltIn.Find("gemini-3.8-live").Voices.Distinct().Count());

    [Fact]
    public void Members_that_a_profile_leaves_out_have_the_documented_defaults()
    {
        var profile = Load("""{"profiles":[{"name":"a","models":["a"]}]}""").Find("a");

        Assert.Equal(new LiveModelProfile { Name = "a" } with { Models = profile.Models, Rules = profile.Rules, Modalities = profile.Modalities, Voices = profile.Voices }, profile);
        Assert.Equal([Modality.Audio, Modality.Text], profile.Modalities);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"profiles":[{"name":"a","sets":["missing"]}]}""")]
    [InlineData("""{"profiles":[{"name":"a","voices":"missing"}]}""")]
    [InlineData("""{"profiles":[{"name":"a","thinking":"sometimes"}]}""")]
    [InlineData("""{"profiles":[{"name":"a","rules":[{"severity":"refused","when":[{"path":"a","is":"strange"}],"reason":"","hint":""}]}]}""")]
    [InlineData("""{"profiles":[],"typo":1}""")]
    public void A_broken_profile_file_is_refused_when_it_is_loaded(string json) => Assert.ThrowsAny<JsonException>(() => Load(json));

    private static LiveModelProfiles Load(string json) => LiveModelProfiles.Load(new MemoryStream(Encoding.UTF8.GetBytes(json)));
}
