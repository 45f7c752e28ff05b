using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.Server.Models;
using Parley.Server.Tests.Support;
using Parley.Server.Wire;

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
        var own = new ModelProfile { Name = "own" };
        var catalogue = Build(api => api.UseDefaultModel<EchoModel>().AddModel("gemini-3*", _ => pattern).AddModel("models/gemini-3.8-live", _ => named, own));

        Assert.Same(named, catalogue.Find("gemini-3.8-live")!.Model);
        Assert.Same(own, catalogue.Find("gemini-3.8-live")!.Profile);
        Assert.Same(pattern, catalogue.Find("gemini-3.1-flash-live-preview")!.Model);
        Assert.NotSame(pattern, catalogue.Find("gemini-2.0-flash-exp")!.Model);
    }

    [Fact]
    public void Missing_model_is_reported_with_the_call_to_add()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => Build(static api => api.Services.RemoveAll<ILiveModel>()));

        Assert.Contains("UseDefaultModel", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc", "a*c", true)]
    [InlineData("abc", "*", true)]
    [InlineData("abc", "a*b", false)]
    [InlineData("aXbXc", "a*b*c", true)]
    [InlineData("a", "a*a", false)]
    public void ModelName_pattern_matches(string id, string pattern, bool fits) => Assert.Equal(fits, ModelName.Matches(id, pattern));

    private static LiveModelCatalogue Build(Action<LiveApiBuilder> configure)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        configure(services.AddLiveApi());
        return services.BuildServiceProvider().GetRequiredService<LiveModelCatalogue>();
    }
}
