using System.Net.WebSockets;
using Parley.Server.Sockets;

namespace Parley.Server.Sessions;

/// <summary>What a client says between its setup and setupComplete. Beyond the bound nothing is read, so that the client has to wait.</summary>
internal sealed class ReadAhead(MessageReader reader, int maxBytes)
{
    private readonly Queue<ReceivedMessage> _frames = [];
    private Task<ReceivedMessage>? _receiving;
    private int _bytes;

    /// <summary>Reads until the model has started, the bound is reached or the client is clientGone.</summary>
    /// <param name="starting">The start of the model.</param>
    /// <param name="clientGone">Cancelled where the client leaves.</param>
    internal async Task RunAsync(Task starting, CancellationTokenSource clientGone)
    {
        while (_bytes <= maxBytes)
        {
            _receiving ??= reader.ReceiveAsync().AsTask();
            await Task.WhenAny(starting, _receiving).ConfigureAwait(false);
            if (!_receiving.IsCompleted)
                return;
            if (!_receiving.IsCompletedSuccessfully)
            {
                await clientGone.CancelAsync().ConfigureAwait(false);
                return;
            }
            var frame = (await _receiving.ConfigureAwait(false)).ToOwned();
            _receiving = null;
            _frames.Enqueue(frame);
            // An empty message costs as well.
            _bytes += frame.Length + 64;
            if (frame.Type == WebSocketMessageType.Close)
            {
                await clientGone.CancelAsync().ConfigureAwait(false);
                return;
            }
            if (starting.IsCompleted)
                return;
        }
    }

    /// <summary>The next message that waits, or the receive that is under way; false when both are used up.</summary>
    internal bool TryTake(out ValueTask<ReceivedMessage> next)
    {
        next = default;
        if (_frames.TryDequeue(out var frame))
        {
            next = new(frame);
            return true;
        }
        if (_receiving is not { } receiving)
            return false;
        _receiving = null;
        next = new(receiving);
        return true;
    }

    internal async ValueTask DropAsync()
    {
        while (TryTake(out var next))
        {
            try
            {
                (await next.ConfigureAwait(false)).Dispose();
            }
            catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The socket is clientGone, which is why we are here.
            }
        }
    }
}
