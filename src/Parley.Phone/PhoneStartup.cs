using Microsoft.Extensions.Hosting;
using Parley.Phone.Calls;

namespace Parley.Phone;

/// <summary>Loads the key of stream tokens when the server starts.</summary>
internal sealed class PhoneStartup(StreamTokens tokens) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => tokens.LoadAsync(cancellationToken).AsTask();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
