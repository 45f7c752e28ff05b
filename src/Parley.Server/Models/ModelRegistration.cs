using Parley.Protocol;

namespace Parley.Server.Models;

/// <summary>Provides models whose names come from configuration.</summary>
internal interface IModelSource
{
    IEnumerable<ModelRegistration> Models();
}

/// <summary>A model that was added by name or pattern.</summary>
internal sealed record ModelRegistration(string Pattern, Func<IServiceProvider, ILiveModel> Create, LiveModelProfile? Profile);
