using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using Parley.Server;

namespace Parley.Testing.Wire;

// Frames and filters.
internal sealed partial class WireLink
{
    /// <summary>Sends a message of the client to the server, or of the server to the client, as if the filter before had passed it on.</summary>
    internal void Dispatch(bool fromClient, int filter, WireMessage message)
    {
        lock (Gate)
        {
            if (filter < 0 || filter >= _filters.Count)
                (fromClient ? ToServer : ToClient).Send(message);
            else if (fromClient)
                _filters[filter].FromClient(message, new Sink(this, true, filter));
            else
                _filters[filter].ToClient(message, new Sink(this, false, filter));
        }
    }

    private async Task ReadFramesAsync(PipeReader reader, WireOutput output, bool fromClient, CancellationToken cancellationToken)
    {
        var frames = new FrameReader(fromClient, () => Begin(fromClient));
        while (true)
        {
            var result = await ReadAsync(reader, cancellationToken).ConfigureAwait(false);
            _options.Activity.Count();
            var buffer = result.Buffer;
            while (frames.TryRead(ref buffer, out var item))
                Take(item, output, fromClient);
            if (result.IsCompleted)
                output.Write(buffer.ToArray());
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
                return;
            await output.WaitForRoomAsync(_ended.Token).ConfigureAwait(false);
        }
    }

    // Whether the message that begins is wanted as a whole.
    private bool Begin(bool fromClient)
    {
        if (_faults is null || _filters.Count > 1)
            return _filters.Count > 0;
        lock (Gate)
            return _faults.Begin(fromClient);
    }

    private void Take(FrameItem item, WireOutput output, bool fromClient)
    {
        switch (item.Opcode)
        {
            case null:
                output.Write(item.Payload);
                break;
            case Frames.Text or Frames.Binary:
                var type = item.Opcode == Frames.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
                Dispatch(fromClient, fromClient ? 0 : _filters.Count - 1, new WireMessage(item.Payload, type));
                break;
            case Frames.Pong when !fromClient && _options.PongDelay() is { Ticks: > 0 } delay:
                _ = SendLaterAsync(output, item.Payload, delay);
                break;
            case { } opcode:
                output.SendControl(opcode, item.Payload);
                // The answer to a close that was not the server's.
                if (fromClient && opcode == Frames.Close && ToClient.IsClosed)
                    ToClient.Finish();
                break;
        }
    }

    private async Task SendLaterAsync(WireOutput output, byte[] pong, TimeSpan delay)
    {
        await Task.Delay(delay, _options.Time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_ended.IsCancellationRequested)
            output.SendControl(Frames.Pong, pong);
    }

    private async Task CopyAsync(PipeReader reader, WireOutput output, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await ReadAsync(reader, cancellationToken).ConfigureAwait(false);
            output.Write(result.Buffer.ToArray());
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
                return;
            await output.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task DrainAsync(PipeReader reader)
    {
        while (true)
        {
            var result = await ReadAsync(reader, _ended.Token).ConfigureAwait(false);
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
                return;
        }
    }

    // What the server wrote before it left is read to its end.
    private async ValueTask<ReadResult> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_ended.IsCancellationRequested)
        {
            if (reader.TryRead(out var rest))
                return new ReadResult(rest.Buffer, isCanceled: false, isCompleted: true);
            throw;
        }
    }

    private sealed class Sink(WireLink link, bool toServer, int filter) : IMessageSink
    {
        public IMessageSink Back => new Sink(link, !toServer, filter);

        public void Send(WireMessage message) => link.Dispatch(toServer, toServer ? filter + 1 : filter - 1, message);

        public void Close(int code, string reason)
        {
            if (toServer)
            {
                link.ToServer.Close(code, reason);
                link.ToClient.Finish();
            }
            else
            {
                link.CloseClient(code, reason);
            }
        }

        public void Cut() => link.Cut();
    }
}
