using Microsoft.Extensions.Hosting;
using Parley.Server.Access;

namespace Parley.Server.Sessions;

/// <summary>
/// Loads what the server needs of its stores before it listens: secrets and usage. At the end, when no connection is left, it stores the usage that was not
/// stored yet.
/// </summary>
internal sealed class StoreStartup(KeyRing keys, HandleSeal handles, UsageTracker usage) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await keys.LoadAsync(cancellationToken).ConfigureAwait(false);
        await handles.LoadAsync(cancellationToken).ConfigureAwait(false);
        await usage.LoadAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => usage.StoreAtEndAsync(cancellationToken);
}
