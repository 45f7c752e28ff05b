using System.Net.WebSockets;
using Parley.Server.Sockets;

namespace Parley.Server.Sessions;

/// <summary>Queues the messages between setup and <c>setupComplete</c>. Beyond the limit nothing more is read, so the client has to wait.</summary>
internal sealed class ReadAhead(MessageReader reader, int maxBytes)
{
    private readonly Queue<ReceivedMessage> _messages = [];
    private Task<ReceivedMessage>? _receiving;
    private int _bytes;

    /// <summary>The client left while the model started.</summary>
    internal bool ClientLeft { get; private set; }

    /// <summary>Reads until the model has started, the limit is reached or the client has left.</summary>
    /// <param name="starting">The start of the model.</param>
    /// <param name="clientGone">Cancelled if the client leaves.</param>
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
                ClientLeft = true;
                await clientGone.CancelAsync().ConfigureAwait(false);
                return;
            }
            var message = (await _receiving.ConfigureAwait(false)).ToOwned();
            _receiving = null;
            _messages.Enqueue(message);
            // An empty message costs memory too.
            _bytes += message.Length + 64;
            if (message.Type == WebSocketMessageType.Close)
            {
                ClientLeft = true;
                await clientGone.CancelAsync().ConfigureAwait(false);
                return;
            }
            if (starting.IsCompleted)
                return;
        }
    }

    /// <summary>The next queued message, or the receive in progress; false if there is neither.</summary>
    internal bool TryTake(out ValueTask<ReceivedMessage> next)
    {
        next = default;
        if (_messages.TryDequeue(out var message))
        {
            next = new(message);
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
                // The socket is closed, which is why the messages are dropped.
            }
        }
    }
}
