using Microsoft.Extensions.AI;
using Microsoft.Extensions.Hosting;
using Parley.Assistant.Providers;

namespace Parley.Assistant;

/// <summary>Loads the chat model when the host starts, if it can be loaded in advance. A model that cannot be used stops the host.</summary>
internal sealed class ChatModelStartup(IChatClient chatModel) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        chatModel.GetService<IWarmable>()?.WarmAsync(cancellationToken) ?? Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
