using Microsoft.Extensions.Hosting;

namespace Parley.Testing.Hosting;

/// <summary>A test process runs many hosts; none of them may take its Ctrl+C.</summary>
internal sealed class NoConsoleLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
