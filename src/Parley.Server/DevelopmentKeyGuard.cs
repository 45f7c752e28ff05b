using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Parley.Server.Access;

namespace Parley.Server;

/// <summary>
/// Stops the start if the server is reachable from other machines and accepts the well-known development key. The key is accepted from loopback only in any
/// case, but a reachable server should have keys of its own, and behind a proxy on the same machine all clients look local.
/// </summary>
internal sealed class DevelopmentKeyGuard(KeyRing keys, IEnumerable<IServer> servers) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!keys.AcceptsDevelopmentKey)
            return Task.CompletedTask;
        var open = servers.SelectMany(static server => server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).FirstOrDefault(IsOpen);
        return open is null
            ? Task.CompletedTask
            : throw new InvalidOperationException($"The server listens on {open}, which other machines can reach, and accepts the development key. Set Live:DevelopmentKey to null and configure keys, or listen on 127.0.0.1.");
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Uri cannot parse http://+:80 and http://*:80, which mean all interfaces. Unix sockets and pipes are local.
    internal static bool IsOpen(string address)
    {
        if (address.Contains("://unix:", StringComparison.Ordinal) || address.Contains("://pipe:", StringComparison.Ordinal))
            return false;
        var start = address.IndexOf("://", StringComparison.Ordinal) + 3;
        var host = address[start..];
        host = host.StartsWith('[') ? host[1..Math.Max(1, host.IndexOf(']', StringComparison.Ordinal))] : host.Split(':', '/')[0];
        return !host.Equals("localhost", StringComparison.OrdinalIgnoreCase) && !(IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));
    }
}
