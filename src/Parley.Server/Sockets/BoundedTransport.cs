using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Parley.Server.Sockets;

/// <summary>The services of the application, to find the transports it registered.</summary>
internal sealed record RegisteredServices(IServiceCollection All);

/// <summary>
/// Puts <see cref="ConnectionGate"/> and the accept rate limit in front of the transport that serves an endpoint: <see cref="DirectTransport"/>, Kestrel's
/// sockets, or one of the application.
/// </summary>
internal sealed class BoundedTransport(IServiceProvider provider, RegisteredServices services, ConnectionGate gate, SharedRateLimits rateLimits)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>Pause after an accept that failed because there was no descriptor.</summary>
    private static readonly TimeSpan ExhaustedPause = TimeSpan.FromMilliseconds(100);

    private readonly Lazy<IConnectionListenerFactory[]> _transports = new(() => [.. Transports(provider, services)]);

    public bool CanBind(EndPoint endpoint) => TransportFor(endpoint) is not null;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await TransportFor(endpoint)!.BindAsync(endpoint, cancellationToken).ConfigureAwait(false), gate, rateLimits);

    private IConnectionListenerFactory? TransportFor(EndPoint endpoint) =>
        Array.Find(_transports.Value, transport => transport is not IConnectionListenerFactorySelector selector || selector.CanBind(endpoint));

    // In the order in which Kestrel would ask them: the last registration first.
    private static IEnumerable<IConnectionListenerFactory> Transports(IServiceProvider provider, RegisteredServices services)
    {
        if (provider.GetService<DirectTransport>() is { } direct)
            yield return direct;
        var hasOthers = false;
        foreach (var service in services.All.Reverse())
        {
            if (service.ServiceType != typeof(IConnectionListenerFactory) || service.IsKeyedService || service.ImplementationType == typeof(BoundedTransport))
                continue;
            hasOthers = true;
            yield return (IConnectionListenerFactory)(service.ImplementationInstance ?? service.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, service.ImplementationType!));
        }
        // Kestrel leaves its own out if it finds another one.
        if (!hasOthers)
            yield return ActivatorUtilities.CreateInstance<SocketTransportFactory>(provider);
    }

#pragma warning disable CA1001 // Its CancellationTokenSource holds no resource.
    private sealed class Listener(IConnectionListener inner, ConnectionGate gate, SharedRateLimits rateLimits) : IConnectionListener
#pragma warning restore CA1001
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                try
                {
                    // Connections beyond the rate wait in the listen backlog, where they cost nothing.
                    var waiting = rateLimits.Accepts.AcquireAsync(1, _unbound.Token);
                    if (!waiting.IsCompleted)
                        gate.CountDelayed();
                    await waiting.ConfigureAwait(false);
                    if (await inner.AcceptAsync(cancellationToken).ConfigureAwait(false) is not { } accepted)
                        return null;
                    var connection = new CountedConnection(accepted, gate);
                    if (gate.TryEnter(connection, DescriptorLimit.NumberOf(accepted.Features.Get<IConnectionSocketFeature>()?.Socket)))
                    {
                        connection.StartDeadline();
                        return connection;
                    }
                    accepted.Abort(new ConnectionAbortedException("The server is at a limit."));
                    await accepted.DisposeAsync().ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (_unbound.IsCancellationRequested)
                {
                    return null;
                }
                catch (SocketException e) when (DescriptorLimit.IsExhausted(e))
                {
                    gate.Refuse(ConnectionRefusal.Descriptors);
                    await Task.Delay(ExhaustedPause, gate.Time, _unbound.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbound.CancelAsync().ConfigureAwait(false);
            await inner.UnbindAsync(cancellationToken).ConfigureAwait(false);
        }

        public async ValueTask DisposeAsync()
        {
            await _unbound.CancelAsync().ConfigureAwait(false);
            await inner.DisposeAsync().ConfigureAwait(false);
        }
    }
}
