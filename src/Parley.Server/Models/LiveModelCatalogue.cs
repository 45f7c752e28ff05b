using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Parley.Protocol.Models;
using Parley.Protocol;
using Parley.Server.Wire;

namespace Parley.Server.Models;

/// <summary>
/// Maps model names to models and profiles. Names added with <c>AddModel</c> come first, then patterns in the order in which they were added; every other
/// <c>gemini-*</c> name is answered by the default model, the <see cref="ILiveModel"/> of the services. One that forwards messages gets every other name:
/// the service behind it knows which exist.
/// </summary>
internal sealed class LiveModelCatalogue
{
    private const string DefaultPattern = "gemini-*";
    private const string NoModel = "No model is registered, so no session could be answered. Add one after AddLiveApi(): UseLocalModel() of the package Parley.Assistant "
        + "for local voice, UseCascade() of Parley.Cascade with your own IChatClient, UseRelay(…) for a gateway, or UseDefaultModel<T>() for a model of your own.";

    private readonly List<(string Pattern, ILiveModel Model, LiveModelProfile? Profile)> _models = [];
    private readonly ILiveModel? _default;
    private readonly LiveApiOptions _options;
    private readonly TimeProvider _time;

    internal LiveModelCatalogue(IServiceProvider services)
    {
        _options = services.GetRequiredService<IOptions<LiveApiOptions>>().Value;
        _time = services.GetRequiredService<TimeProvider>();
        foreach (var registration in services.GetServices<ModelRegistration>())
            _models.Add((registration.Pattern, registration.Create(services), registration.Profile));
        foreach (var registration in services.GetServices<IModelSource>().SelectMany(static source => source.Models()))
            _models.Add((registration.Pattern, registration.Create(services), registration.Profile));
        _default = services.GetService<ILiveModel>();
        if (_default is null && _models.Count == 0)
            throw new InvalidOperationException(NoModel);
    }

    /// <summary>
    /// Ids of the named models, without <c>models/</c>: those that were added, and those of the public service that exist on the day. Patterns match further
    /// names.
    /// </summary>
    internal IReadOnlyList<string> Names =>
    [
        .. _models.Where(static m => !m.Pattern.Contains('*', StringComparison.Ordinal)).Select(static m => m.Pattern)
            .Concat(_default is null ? [] : LiveModelProfiles.BuiltIn.PublicModels.Where(model => model.Exists(Day)).Select(static model => model.Id))
            .Distinct(),
    ];

    /// <summary>The day whose models are listed. A clock before the date of the data is not believed.</summary>
    internal DateOnly Day
    {
        get
        {
            var today = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);
            return _options.ModelsAsOf ?? (today > LiveModelProfiles.BuiltIn.Day ? today : LiveModelProfiles.BuiltIn.Day);
        }
    }

    /// <summary>Finds the model of a name, in any of its forms; null if there is none.</summary>
    /// <param name="name"><c>models/x</c>, <c>x</c>, <c>publishers/google/models/x</c> or <c>projects/…/models/x</c>.</param>
    /// <param name="service"><c>vertex</c> for the rules of Vertex; null = those of the Developer API.</param>
    internal LiveModelEntry? Find(string name, string? service = null)
    {
        var canonical = ModelName.Canonical(name);
        if (ModelName.Id(canonical) is not { } id)
            return _default is IMessageModel ? new LiveModelEntry(canonical, _default, ModelProfiles.Permissive) : null;
        var found = _models.Find(m => m.Pattern == id);
        if (found.Model is null)
            found = _models.Find(m => ModelPattern.IsMatch(id, m.Pattern));
        if (found.Model is { } model)
            return new LiveModelEntry(canonical, model, found.Profile ?? ModelProfiles.Of(id, service, _options.ModelsAsOf));
        return _default is IMessageModel || (_default is not null && ModelPattern.IsMatch(id, DefaultPattern) && !IsRefused(id, service))
            ? new LiveModelEntry(canonical, _default, ModelProfiles.Of(id, service, _options.ModelsAsOf))
            : null;
    }

    // The public service does not find a model that it has shut down. Behind a relay it says so itself.
    private bool IsRefused(string id, string? service) =>
        _options.Compatibility == LiveCompatibility.Strict && _default is not IMessageModel
        && ModelProfiles.Public.TryGetValue(id, out var model) && !model.Exists(Day, service ?? "developer");
}

/// <summary>The model and profile of a name.</summary>
/// <param name="Name">The name as <c>models/x</c>.</param>
/// <param name="Model">The model.</param>
/// <param name="Profile">Its profile.</param>
internal sealed record LiveModelEntry(string Name, ILiveModel Model, LiveModelProfile Profile);
