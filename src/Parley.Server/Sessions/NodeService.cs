using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Protocol.Internal;
using Parley.Server.Nodes;

namespace Parley.Server.Sessions;

/// <summary>
/// Takes part in the cluster: renews this node every <see cref="INodeStore.RenewalInterval"/>, and acts on the signals of other nodes. A store that cannot be
/// reached harms no session; when it is back, this node makes it agree with what runs here.
/// </summary>
internal sealed partial class NodeService : IHostedLifecycleService, IDisposable
{
    internal static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly ThisNode _node;
    private readonly INodeStore _store;
    private readonly SessionRegistry _registry;
    private readonly SessionUsageService _keys;
    private readonly DrainService _drain;
    private readonly NodeCounters _counters;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _renewing = new(1);
    private ITimer? _timer;
    private Task _listening = Task.CompletedTask;
    private bool _isFailing, _isStopped;

    public NodeService(
        ThisNode node, INodeStore store, SessionRegistry registry, SessionUsageService keys, DrainService drain, NodeCounters counters, TimeProvider time, ILogger<NodeService> logger) =>
        (_node, _store, _registry, _keys, _drain, _counters, _time, _logger) = (node, store, registry, keys, drain, counters, time, logger);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Registers the node before the server listens.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = _time.CreateGuardedTimer(this, static service => service.OnTimer(), static (service, e) => Log.NotRenewed(service._logger, e), INodeStore.RenewalInterval);
        await RenewAsync().ConfigureAwait(false);
        _listening = ListenAsync();
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Removes the node when its last connection has ended.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _timer?.Dispose();
        await _listening.ConfigureAwait(false);
        await _renewing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isStopped)
                return;
            _isStopped = true;
            await _store.RemoveAsync(_node.Id, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            // Logged by the store. Its sessions stop counting when its lifetime is over.
        }
        finally
        {
            _renewing.Release();
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _stopping.Dispose();
        _renewing.Dispose();
    }

    private void OnTimer()
    {
        _timer!.Change(INodeStore.RenewalInterval, Timeout.InfiniteTimeSpan);
        _ = RenewAsync();
    }

    // Does not throw.
    private async Task RenewAsync()
    {
        // The last one is still under way.
        if (!_renewing.Wait(TimeSpan.Zero, CancellationToken.None))
            return;
        try
        {
            if (_isStopped)
                return;
            var wasAlive = await _store.RenewAsync(_node.Describe(_registry.IsDraining), _stopping.Token).ConfigureAwait(false);
            if (!wasAlive || _node.IsUncertain)
                await ReconcileAsync().ConfigureAwait(false);
            _counters.Listed(await _store.ListAsync(_stopping.Token).ConfigureAwait(false));
            _isFailing = false;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The server ends.
        }
        catch (Exception e)
        {
            // Once, until it works again. The store has logged what it throws itself.
            if (!_isFailing && e is not StorageException)
                Log.NotRenewed(_logger, e);
            _isFailing = true;
            _counters.RenewalFailed();
        }
        finally
        {
            _renewing.Release();
        }
    }

    // Does not throw.
    private async Task ListenAsync()
    {
        var isFailing = false;
        while (true)
        {
            try
            {
                await foreach (var signal in _store.ListenAsync(_stopping.Token).ConfigureAwait(false))
                {
                    isFailing = false;
                    await ActAsync(signal).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                if (!isFailing && e is not StorageException)
                    Log.NotListening(_logger, e);
                isFailing = true;
                _counters.ListeningInterrupted();
            }
            catch (Exception)
            {
                return;
            }
            await Task.Delay(RetryDelay, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stopping.IsCancellationRequested)
                return;
        }
    }

    private async Task ActAsync(NodeSignal signal)
    {
        try
        {
            switch (signal.Kind)
            {
                case NodeSignalKind.Listening:
                    await ReconcileAsync().ConfigureAwait(false);
                    await _keys.RecheckAllAsync().ConfigureAwait(false);
                    break;
                case NodeSignalKind.KeyChanged:
                    await _keys.RecheckAsync(signal.Subject).ConfigureAwait(false);
                    break;
                case NodeSignalKind.SessionMoved when _registry.Find(signal.Subject) is { } connection && connection.Id != signal.ConnectionId:
                    connection.CloseSuperseded();
                    break;
                case NodeSignalKind.EndSession:
                    _registry.Find(signal.Subject)?.Close(LiveClose.Aborted);
                    break;
                case NodeSignalKind.UserChanged:
                    await _keys.RecheckOwnerAsync(signal.Subject).ConfigureAwait(false);
                    break;
                case NodeSignalKind.EndUser:
                    foreach (var session in _registry.Sessions.Where(session => session.Owner == signal.Subject))
                        session.Close(LiveClose.PermissionDenied);
                    break;
                case NodeSignalKind.DrainNode when signal.Subject == _node.Id:
                    _drain.Begin();
                    break;
                default:
                    break;
            }
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            if (e is not StorageException)
                Log.SignalFailed(_logger, signal.Kind, e);
        }
    }

    private async Task ReconcileAsync()
    {
        foreach (var moved in await _node.ReconcileAsync(_stopping.Token).ConfigureAwait(false))
        {
            if (_registry.Find(moved.SessionId) is { } connection && connection.Id == moved.ConnectionId)
                connection.CloseSuperseded();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.NodeNotRenewed, LogLevel.Error, "Node not renewed; tried again every few seconds")]
        public static partial void NotRenewed(ILogger logger, Exception exception);

        [LoggerMessage(EventIds.NodeNotListening, LogLevel.Error, "Signals of other nodes cannot be read; tried again every second")]
        public static partial void NotListening(ILogger logger, Exception exception);

        [LoggerMessage(EventIds.SignalFailed, LogLevel.Error, "Signal {Kind} failed")]
        public static partial void SignalFailed(ILogger logger, NodeSignalKind kind, Exception exception);
    }
}
