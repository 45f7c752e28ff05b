using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Parley.Server.Relay;

/// <summary>Opens sessions on upstreams: connects, sends the setup, waits for <c>setupComplete</c>, and takes the next upstream where one fails.</summary>
internal sealed partial class UpstreamDialer(
    IUpstreamConnector connector, UpstreamPool pool, IOptions<RelayOptions> options, TimeProvider time, ILogger<RelayModel> logger)
{
    /// <summary>Opens a new session on the first upstream that takes it.</summary>
    /// <exception cref="LiveCloseException">None does, or the setup is refused; with the close of the upstream.</exception>
    internal async Task<OpenedUpstream> OpenAsync(RelayedSetup setup, string version, CancellationToken cancellationToken)
    {
        LiveClose? last = null;
        foreach (var upstream in pool.Candidates())
        {
            try
            {
                var opened = await OpenOnAsync(upstream, setup.With(handle: null), setup.Type, version, cancellationToken).ConfigureAwait(false);
                UpstreamPool.EndCoolDown(upstream);
                return opened;
            }
            catch (LiveCloseException e) when (UpstreamCloses.IsUpstreamsFault(e.Close))
            {
                last = e.Close;
                pool.StartCoolDown(upstream);
                if (UpstreamCloses.IsKeysFault(e.Close))
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
        Upstream upstream, ReadOnlyMemory<byte> setup, WebSocketMessageType type, string version, CancellationToken cancellationToken)
    {
        using var setupTimeout = new CancellationTokenSource(options.Value.SetupTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(setupTimeout.Token, cancellationToken);
        WebSocket? socket = null;
        try
        {
            socket = await connector.ConnectAsync(upstream, version, linked.Token).ConfigureAwait(false);
            // A receive is ended by cutting the socket: its own token would do no less.
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
            Log.Unreachable(logger, upstream.Id, setupTimeout.IsCancellationRequested ? "no setupComplete in time" : e is UpstreamException ? e.Message : e.GetType().Name);
            throw new LiveCloseException(e is UpstreamException { Status: 429 } ? LiveClose.QuotaExceeded : UpstreamCloses.Unavailable);
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
            using var frame = await connection.ReceiveAsync().ConfigureAwait(false);
            if (frame.Type == WebSocketMessageType.Close)
            {
                var close = connection.Close ?? UpstreamCloses.Unavailable;
                await connection.EndAsync().ConfigureAwait(false);
                throw new LiveCloseException(close);
            }
            if (ServerPeek.Read(frame.Payload).IsSetupComplete)
                return new OpenedUpstream(connection, new WireMessage(frame.Payload.ToArray(), frame.Type));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.UpstreamFailed, LogLevel.Warning, "Upstream {Upstream} closed a setup with {Code}; it rests, the next one is tried")]
        public static partial void Failed(ILogger logger, string upstream, int code);

        [LoggerMessage(EventIds.UpstreamUnreachable, LogLevel.Warning, "Upstream {Upstream} did not open a session: {Why}")]
        public static partial void Unreachable(ILogger logger, string upstream, string why);

        [LoggerMessage(EventIds.UpstreamKeyRefused, LogLevel.Error, "Upstream {Upstream} refuses the key it is configured with ({Code}); check it")]
        public static partial void KeyRefused(ILogger logger, string upstream, int code);
    }
}

/// <summary>A session that runs on an upstream.</summary>
/// <param name="Socket">Its connection.</param>
/// <param name="SetupComplete">The frame that said so.</param>
internal sealed record OpenedUpstream(UpstreamSocket Socket, WireMessage SetupComplete);
