namespace Parley.Server.Models;

/// <summary>Adds models whose names only configuration knows.</summary>
internal interface IModelSource
{
    IEnumerable<ModelRegistration> Models();
}

/// <summary>A model somebody added.</summary>
internal sealed record ModelRegistration(string Pattern, Func<IServiceProvider, ILiveModel> Create, ModelProfile? Profile);
