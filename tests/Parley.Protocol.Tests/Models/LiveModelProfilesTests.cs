using System.Globalization;
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
        LiveModelProfiles.BuiltIn.PublicModels, static model => Assert.NotSame(LiveModelProfiles.Unknown, LiveModelProfiles.BuiltIn.Find(model.Id)));

    [Theory]
    [InlineData(null, ClientContentRule.Anytime)]
    [InlineData("2026-11-29", ClientContentRule.Anytime)]
    [InlineData("2026-09-15", ClientContentRule.Anytime)]
    [InlineData("2026-09-14", ClientContentRule.InitialHistoryOnly)]
    [InlineData("2026-03-26", ClientContentRule.InitialHistoryOnly)]
    public void Rules_of_3_1_for_client_content_depend_on_the_day(string? day, ClientContentRule rule) =>
        Assert.Equal(rule, (Day(day) is { } on ? LiveModelProfiles.BuiltIn.On(on) : LiveModelProfiles.BuiltIn).Find("gemini-3.1-flash-live-preview").ClientContent);

    [Theory]
    [InlineData("gemini-2.5-flash-native-audio-latest", null, "BLOCKING", true)]
    [InlineData("gemini-2.5-flash-native-audio-latest", "vertex", "NON_BLOCKING", true)]
    [InlineData("gemini-live-2.5-flash-native-audio", "vertex", "NON_BLOCKING", true)]
    [InlineData("gemini-3.8-live", "developer", "NON_BLOCKING", false)]
    [InlineData("gemini-3.8-live", "vertex", "NON_BLOCKING", true)]
    public void Rules_of_Vertex_differ(string model, string? service, string behavior, bool allowsAffectiveDialog)
    {
        var profile = LiveModelProfiles.BuiltIn.Find(model, service);
        Assert.Equal((new Behavior(behavior), allowsAffectiveDialog), (profile.DefaultBehavior, profile.AllowsAffectiveDialog));
    }

    [Fact]
    public void Profiles_say_how_calls_and_users_interrupt_each_other()
    {
        var (newest, native) = (LiveModelProfiles.BuiltIn.Find("gemini-3.8-live"), LiveModelProfiles.BuiltIn.Find("gemini-2.5-flash-native-audio-latest"));
        Assert.Equal((true, false, true), (newest.InputCancelsCalls, newest.InterruptTalksOverUser, newest.AcceptsContextUpdate));
        Assert.Equal((false, true, false), (native.InputCancelsCalls, native.InterruptTalksOverUser, native.AcceptsContextUpdate));
    }

    [Fact]
    public void Every_fact_has_a_date_and_a_source()
    {
        var facts = LiveModelProfiles.BuiltIn.All.SelectMany(static profile => profile.Facts).Distinct().ToList();
        Assert.All(facts, static fact => Assert.True(fact is { What.Length: > 0, Source.Length: > 0, Since: not null }, fact.What));
        foreach (var change in (string[])["C2", "C3", "C4", "C5", "C6", "C7", "C8", "C11"])
            Assert.Contains(facts, fact => fact.Source.EndsWith(change, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gemini-3.8-live", "2026-09-14", false, false)]
    [InlineData("gemini-3.8-live", "2026-09-15", true, true)]
    [InlineData("gemini-2.0-flash-live-001", "2025-12-08", true, true)]
    [InlineData("gemini-2.0-flash-live-001", "2025-12-09", false, false)]
    [InlineData("gemini-live-2.5-flash-native-audio", "2026-12-12", false, true)]
    [InlineData("gemini-live-2.5-flash-native-audio", "2026-12-13", false, false)]
    public void Models_exist_on_some_days_and_services(string id, string day, bool onDeveloperApi, bool onVertex)
    {
        var model = LiveModelProfiles.BuiltIn.PublicModels.Single(model => model.Id == id);
        Assert.Equal((onDeveloperApi, onVertex), (model.Exists(Day(day)!.Value), model.Exists(Day(day)!.Value, "vertex")));
    }

    [Fact]
    public void Lists_of_voices_name_voices_that_exist()
    {
        var names = LiveModelProfiles.BuiltIn.Voices.Select(static voice => voice.Key).ToList();
        Assert.Equal(names, LiveModelProfiles.BuiltIn.Find("gemini-3.8-live").Voices);
        Assert.All(LiveModelProfiles.BuiltIn.All, profile => Assert.Subset(names.ToHashSet(), profile.Voices.ToHashSet()));
    }

    [Fact]
    public void There_are_thirty_voices() => Assert.Equal(30, LiveModelProfiles.BuiltIn.Find("gemini-3.8-live").Voices.Distinct().Count());

    [Fact]
    public void Members_that_a_profile_leaves_out_have_the_documented_defaults()
    {
        var profile = Load("""{"profiles":[{"name":"a","models":["a"]}]}""").Find("a");

        Assert.Equal(new LiveModelProfile { Name = "a" } with { Models = profile.Models, Rules = profile.Rules, Modalities = profile.Modalities, Voices = profile.Voices, Facts = profile.Facts }, profile);
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

    private static DateOnly? Day(string? day) => day is null ? null : DateOnly.Parse(day, CultureInfo.InvariantCulture);

    private static LiveModelProfiles Load(string json) => LiveModelProfiles.Load(new MemoryStream(Encoding.UTF8.GetBytes(json)));
}
