using Microsoft.Extensions.DependencyInjection;
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

    private readonly List<(string Pattern, ILiveModel Model, ModelProfile? Profile)> _models = [];
    private readonly ILiveModel? _default;

    internal LiveModelCatalogue(IServiceProvider services)
    {
        foreach (var registration in services.GetServices<ModelRegistration>())
            _models.Add((registration.Pattern, registration.Create(services), registration.Profile));
        foreach (var registration in services.GetServices<IModelSource>().SelectMany(static source => source.Models()))
            _models.Add((registration.Pattern, registration.Create(services), registration.Profile));
        _default = services.GetService<ILiveModel>();
        if (_default is null && _models.Count == 0)
            throw new InvalidOperationException(NoModel);
        Names = [.. _models.Where(static m => !m.Pattern.Contains('*', StringComparison.Ordinal)).Select(static m => m.Pattern)
            .Concat(_default is null ? [] : ModelProfiles.Known.Where(static m => m.DisplayName is not null).Select(static m => m.Pattern))
            .Distinct()];
    }

    /// <summary>Ids of the named models, without <c>models/</c>; patterns match further names.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>Finds the model of a name, in any of its forms; null if there is none.</summary>
    /// <param name="name"><c>models/x</c>, <c>x</c>, <c>publishers/google/models/x</c> or <c>projects/…/models/x</c>.</param>
    internal LiveModelEntry? Find(string name)
    {
        var canonical = ModelName.Canonical(name);
        if (ModelName.Id(canonical) is not { } id)
            return _default is IMessageModel ? new LiveModelEntry(canonical, _default, ModelProfiles.Permissive) : null;
        var found = _models.Find(m => m.Pattern == id);
        if (found.Model is null)
            found = _models.Find(m => ModelName.Matches(id, m.Pattern));
        if (found.Model is { } model)
            return new LiveModelEntry(canonical, model, found.Profile ?? ModelProfiles.Of(id));
        return _default is IMessageModel || (_default is not null && ModelName.Matches(id, DefaultPattern)) ? new LiveModelEntry(canonical, _default!, ModelProfiles.Of(id)) : null;
    }
}

/// <summary>The model and profile of a name.</summary>
/// <param name="Name">The name as <c>models/x</c>.</param>
/// <param name="Model">The model.</param>
/// <param name="Profile">Its profile.</param>
internal sealed record LiveModelEntry(string Name, ILiveModel Model, ModelProfile Profile);
