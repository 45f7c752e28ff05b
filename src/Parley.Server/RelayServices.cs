using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Parley.Server.Models;
using Parley.Server.Relay;
using Parley.Server.Sockets;

namespace Parley.Server;

/// <summary>Registers the services of the relay.</summary>
internal static class RelayServices
{
    internal static void Add(LiveApiBuilder builder, Action<RelayOptions>? configure)
    {
        var services = builder.Services;
        builder.BindOptions("Relay", configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RelayOptions>, RelayOptionsValidator>());
        services.TryAddSingleton<IUpstreamConnector>(static provider => new UpstreamConnector(
            provider.GetRequiredService<IOptions<RelayOptions>>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<DescriptorLimit>().ConnectAsync));
        services.TryAddSingleton<UpstreamPool>();
        services.TryAddSingleton<UpstreamDialer>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveCheckpointCodec, RelayStateCodec>());
        services.AddHostedService<RelayGuard>();
        services.AddSingleton<ILiveHealthPart, RelayHealth>();

        // The previous default model still answers RelayOptions.LocalModels.
        var local = services.LastOrDefault(static service => service.ServiceType == typeof(ILiveModel));
        services.TryAddSingleton<RelayModel>();
        services.Replace(ServiceDescriptor.Singleton<ILiveModel>(static provider => provider.GetRequiredService<RelayModel>()));
        if (local is null)
            return;
        services.AddSingleton(new LocalModel(local));
        services.AddSingleton<IModelSource, LocalModels>();
    }
}

/// <summary>The registration of the model that answers local names.</summary>
internal sealed record LocalModel(ServiceDescriptor Service);

/// <summary>Provides the models of <see cref="RelayOptions.LocalModels"/>.</summary>
internal sealed class LocalModels(LocalModel local, IOptions<RelayOptions> options, IServiceProvider services) : IModelSource
{
    public IEnumerable<ModelRegistration> Models()
    {
        if (options.Value.LocalModels.Count == 0)
            yield break;
        var model = (ILiveModel)(local.Service.ImplementationInstance ?? local.Service.ImplementationFactory?.Invoke(services)
            ?? ActivatorUtilities.CreateInstance(services, local.Service.ImplementationType!));
        foreach (var pattern in options.Value.LocalModels)
            yield return new ModelRegistration(pattern.StartsWith("models/", StringComparison.Ordinal) ? pattern["models/".Length..] : pattern, _ => model, null);
    }
}

/// <summary>Health of the upstreams.</summary>
internal sealed class RelayHealth(UpstreamPool pool) : ILiveHealthPart
{
    public string Name => "relay";

    public string State => pool.CountCoolingDown() is var coolingDown and > 0
        ? FormattableString.Invariant($"{coolingDown} of {pool.All.Count} upstreams cooling down")
        : FormattableString.Invariant($"{pool.All.Count} upstream{(pool.All.Count == 1 ? "" : "s")}");
}
