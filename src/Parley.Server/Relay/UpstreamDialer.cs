using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Sockets;

namespace Parley.Server.Relay;

/// <summary>Opens sessions on upstreams: connects, sends the setup, waits for <c>setupComplete</c>, and fails over to the next upstream.</summary>
internal sealed partial class UpstreamDialer(
    IUpstreamConnector connector, UpstreamPool pool, IOptions<RelayOptions> options, TimeProvider time, ILogger<RelayModel> logger)
{
    /// <summary>Opens a new session on the first upstream that accepts it.</summary>
    /// <exception cref="LiveCloseException">All upstreams failed, or the setup was refused; with the close of the upstream.</exception>
    internal async Task<OpenedUpstream> OpenAsync(RelayedSetup setup, LiveModelStart start, CancellationToken cancellationToken)
    {
        LiveClose? last = null;
        foreach (var upstream in pool.Candidates())
        {
            try
            {
                var opened = await OpenOnAsync(upstream, setup.With(handle: null), setup.Type, start, cancellationToken).ConfigureAwait(false);
                UpstreamPool.EndCoolDown(upstream);
                return opened;
            }
            catch (LiveCloseException e) when (UpstreamCloses.IsRequestRefused(e.Close))
            {
                last = e.Close;
            }
            catch (LiveCloseException e) when (UpstreamCloses.IsUpstreamFault(e.Close))
            {
                last = e.Close;
                pool.StartCoolDown(upstream);
                if (UpstreamCloses.IsKeyRefused(e.Close))
                    Log.KeyRefused(logger, upstream.Id, e.Close.Code);
                else
                    Log.Failed(logger, upstream.Id, e.Close.Code);
            }
        }
        throw new LiveCloseException(last ?? UpstreamCloses.Unavailable);
    }

    /// <summary>Opens a session on one upstream.</summary>
    /// <exception cref="LiveCloseException">The upstream closed, or could not be reached.</exception>
    internal async Task<OpenedUpstream> OpenOnAsync(
        Upstream upstream, ReadOnlyMemory<byte> setup, WebSocketMessageType type, LiveModelStart start, CancellationToken cancellationToken)
    {
        using var setupTimeout = new CancellationTokenSource(options.Value.SetupTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(setupTimeout.Token, cancellationToken);
        WebSocket? socket = null;
        try
        {
            socket = await connector.ConnectAsync(upstream, start.ApiVersion, start.ForwardedHeaders, linked.Token).ConfigureAwait(false);
            // Cancellation aborts the socket; a cancelled receive would do the same.
            await using var abortOnCancel = linked.Token.Register(static state => ((WebSocket)state!).Abort(), socket).ConfigureAwait(false);
            var connection = new UpstreamSocket(socket, upstream, options.Value, time);
            await connection.SendAsync(setup, type).ConfigureAwait(false);
            var opened = await SetupCompleteAsync(connection).ConfigureAwait(false);
            socket = null;
            return opened;
        }
        catch (Exception e) when (e is UpstreamException or WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (DescriptorLimit.IsExhausted(e))
            {
                Log.Unreachable(logger, upstream.Id, "no descriptor left for it");
                throw new LiveCloseException(UpstreamCloses.NoDescriptor);
            }
            Log.Unreachable(logger, upstream.Id, setupTimeout.IsCancellationRequested ? "setup timed out" : e is UpstreamException ? e.Message : e.GetType().Name);
            throw new LiveCloseException(UpstreamCloses.OfUpgrade((e as UpstreamException)?.Status));
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private static async Task<OpenedUpstream> SetupCompleteAsync(UpstreamSocket connection)
    {
        while (true)
        {
            using var message = await connection.ReceiveAsync().ConfigureAwait(false);
            if (message.Type == WebSocketMessageType.Close)
            {
                var close = connection.Close ?? UpstreamCloses.Unavailable;
                await connection.EndAsync().ConfigureAwait(false);
                throw new LiveCloseException(close);
            }
            if (ServerPeek.Read(message.Payload).IsSetupComplete)
                return new OpenedUpstream(connection, new WireMessage(connection.Upstream.Secrets.Redact(message.Payload), message.Type));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.UpstreamFailed, LogLevel.Warning, "Upstream {Upstream} refused the setup ({Code}); cooling down, trying the next")]
        public static partial void Failed(ILogger logger, string upstream, int code);

        [LoggerMessage(EventIds.UpstreamUnreachable, LogLevel.Warning, "Upstream {Upstream} failed to open a session: {Why}")]
        public static partial void Unreachable(ILogger logger, string upstream, string why);

        [LoggerMessage(EventIds.UpstreamKeyRefused, LogLevel.Error, "Upstream {Upstream} refused its configured key ({Code}); check the key")]
        public static partial void KeyRefused(ILogger logger, string upstream, int code);
    }
}

/// <summary>A session that was opened on an upstream.</summary>
/// <param name="Socket">Its connection.</param>
/// <param name="SetupComplete">Its <c>setupComplete</c> message.</param>
internal sealed record OpenedUpstream(UpstreamSocket Socket, WireMessage SetupComplete);
