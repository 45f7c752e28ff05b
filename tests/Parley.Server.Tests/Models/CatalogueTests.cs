using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.Protocol;
using Parley.Server.Models;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Models;

public sealed class CatalogueTests
{
    [Theory]
    [InlineData("models/gemini-3.8-live", "gemini-3.8-live")]
    [InlineData("gemini-3.8-live", "gemini-3.8-live")]
    [InlineData("gemini-3.8-live-extended-thinking", "gemini-3.8-live-extended-thinking")]
    [InlineData("gemini-3.1-flash-live-preview", "gemini-3.1-flash-live")]
    [InlineData("publishers/google/models/gemini-live-2.5-flash-native-audio", "gemini-2.5-native-audio")]
    [InlineData("projects/p/locations/l/publishers/google/models/gemini-2.5-flash-native-audio-preview-12-2025", "gemini-2.5-native-audio")]
    [InlineData("gemini-2.5-flash-exp-native-audio-thinking-dialog", "gemini-2.5-native-audio")]
    [InlineData("gemini-live-2.5-flash-preview", "gemini-half-cascade")]
    [InlineData("gemini-2.0-flash-exp", "gemini-half-cascade")]
    [InlineData("gemini-3.5-live-translate-preview", "gemini-3.5-live-translate")]
    [InlineData("gemini-3.5-transcribe-live-preview", "gemini-3.5-transcribe-live")]
    [InlineData("gemini-12-live", "permissive")]
    [InlineData("not-a-live-model", null)]
    [InlineData("tunedModels/gemini-x", null)]
    [InlineData("models/", null)]
    [InlineData("", null)]
    public void Catalogue_finds_the_profile_of_every_name(string name, string? profile)
    {
        var catalogue = Build(static api => api.UseDefaultModel<EchoModel>());

        Assert.Equal(profile, catalogue.Find(name)?.Profile.Name);
    }

    [Fact]
    public void Catalogue_ignores_a_very_long_name() => Assert.Null(Build(static api => api.UseDefaultModel<EchoModel>()).Find("gemini-" + new string('2', 1_000)));

    [Fact]
    public void Catalogue_prefers_names_to_patterns_and_both_to_the_default()
    {
        EchoModel named = new(), pattern = new();
        var own = new LiveModelProfile { Name = "own" };
        var catalogue = Build(api => api.UseDefaultModel<EchoModel>().AddModel("gemini-3*", _ => pattern).AddModel("models/gemini-3.8-live", _ => named, own));

        Assert.Same(named, catalogue.Find("gemini-3.8-live")!.Model);
        Assert.Same(own, catalogue.Find("gemini-3.8-live")!.Profile);
        Assert.Same(pattern, catalogue.Find("gemini-3.1-flash-live-preview")!.Model);
        Assert.NotSame(pattern, catalogue.Find("gemini-2.0-flash-exp")!.Model);
    }

    [Theory]
    [InlineData(null, "2026-11-29", true, false)]
    [InlineData(null, "2026-12-13", true, false)]
    [InlineData(null, "2026-01-01", true, false)] // A clock that is behind the data.
    [InlineData("2025-06-01", "2026-11-29", false, true)]
    public void Catalogue_lists_the_models_that_exist_on_the_day(string? asOf, string today, bool hasNew, bool hasOld)
    {
        var catalogue = Build(static api => api.UseDefaultModel<EchoModel>(), options => options.ModelsAsOf = asOf is null ? null : Day(asOf), today);

        Assert.Equal((hasNew, hasOld), (catalogue.Names.Contains("gemini-3.8-live"), catalogue.Names.Contains("gemini-2.0-flash-live-001")));
        Assert.DoesNotContain("gemini-live-2.5-flash-native-audio", catalogue.Names);
        Assert.NotNull(catalogue.Find("gemini-2.0-flash-live-001"));
    }

    [Theory]
    [InlineData("gemini-2.0-flash-live-001", null, null, false)]
    [InlineData("gemini-2.0-flash-live-001", null, "2025-06-01", true)]
    [InlineData("gemini-live-2.5-flash-native-audio", null, null, false)]
    [InlineData("gemini-live-2.5-flash-native-audio", "vertex", null, true)]
    [InlineData("gemini-3.8-live", null, null, true)]
    [InlineData("gemini-test", null, null, true)]
    public void Strict_catalogue_does_not_find_models_that_the_service_shut_down(string name, string? service, string? asOf, bool found)
    {
        var catalogue = Build(static api => api.UseDefaultModel<EchoModel>(), options =>
        {
            options.Compatibility = LiveCompatibility.Strict;
            options.ModelsAsOf = asOf is null ? null : Day(asOf);
        });

        Assert.Equal(found, catalogue.Find(name, service) is not null);
    }

    [Fact]
    public void Profile_follows_the_day_and_the_service()
    {
        var catalogue = Build(static api => api.UseDefaultModel<EchoModel>(), static options => options.ModelsAsOf = Day("2026-06-01"));

        Assert.Equal(ModelProfiles.FlashLive31Spring.Name, catalogue.Find("gemini-3.1-flash-live-preview")!.Profile.Name);
        Assert.Equal(ClientContentRule.InitialHistoryOnly, ModelProfiles.FlashLive31Spring.ClientContent);
        Assert.Equal(ClientContentRule.Anytime, ModelProfiles.Of("gemini-3.1-flash-live-preview").ClientContent);
        Assert.Equal(Behavior.NonBlocking, catalogue.Find("gemini-2.5-flash-native-audio-latest", "vertex")!.Profile.DefaultBehavior);
        Assert.Equal(Behavior.NonBlocking, catalogue.Find("gemini-9-live", "vertex")!.Profile.DefaultBehavior);
    }

    [Fact]
    public void Missing_model_is_reported_with_the_call_to_add()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => Build(static api => api.Services.RemoveAll<ILiveModel>()));

        Assert.Contains("UseDefaultModel", failure.Message, StringComparison.Ordinal);
    }

    private static DateOnly Day(string day) => DateOnly.Parse(day, CultureInfo.InvariantCulture);

    private static LiveModelCatalogue Build(Action<LiveApiBuilder> configure, Action<LiveApiOptions>? options = null, string today = "2026-11-29")
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(new TestClock(new DateTimeOffset(Day(today), TimeOnly.MinValue, TimeSpan.Zero)));
        configure(services.AddLiveApi());
        services.PostConfigure<LiveApiOptions>(changed => options?.Invoke(changed));
        return services.BuildServiceProvider().GetRequiredService<LiveModelCatalogue>();
    }
}
