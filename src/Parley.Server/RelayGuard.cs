using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Parley.Server.Access;
using Parley.Server.Endpoints;

namespace Parley.Server;

/// <summary>
/// Stops the start if a relay is reachable from other machines, no key is configured and the application does not authenticate either: anyone could use the upstream's key.
/// </summary>
internal sealed class RelayGuard(KeyRing keys, UserRing users, EndpointDataSource endpoints, IEnumerable<IServer> servers) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (users.HasPolicy || endpoints.Endpoints.Any(endpoint => endpoint.Metadata.GetMetadata<LiveEndpointMetadata>() is not null && users.IsAuthorizing(endpoint)))
            return;
        if (await keys.IsAuthenticationConfiguredAsync(cancellationToken).ConfigureAwait(false))
            return;
        var open = servers.SelectMany(static server => server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).FirstOrDefault(DevelopmentKeyGuard.IsOpen);
        if (open is not null)
            throw new InvalidOperationException($"The relay listens on {open}, which other machines can reach, and has no key configured. Configure keys in Live:ApiKeys or create one with 'parley keys create', sign users in with MapLiveApi().RequireAuthorization(), or listen on 127.0.0.1.");
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
