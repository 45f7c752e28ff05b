using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Parley.Protocol;

namespace Parley.Bench.Client;

/// <summary>The minimum for a client: one socket, reused buffers, audio located and decoded. No session, no turns, no thread.</summary>
internal sealed class RawSocket : IContender
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(16 << 10);
    private readonly byte[] _played = new byte[CannedServer.PcmBytes];
    private readonly byte[] _chunk = new byte[Contenders.ChunkBytes];

    public async Task ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        await _socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws" }.Uri, cancellationToken);
        await SendTextAsync("{\"setup\":{\"model\":\"models/bench\"}}", cancellationToken);
        await ReceiveOneAsync(cancellationToken);
    }

    public async Task ReceiveAsync(int count, int pauseMilliseconds, CancellationToken cancellationToken)
    {
        await SendTextAsync(string.Create(CultureInfo.InvariantCulture, $$$"""{"realtimeInput":{"text":"{{{count}}} {{{pauseMilliseconds}}}"}}"""), cancellationToken);
        while (Take(await ReceiveOneAsync(cancellationToken)))
        {
        }
    }

    public async Task SendAsync(int count, int pauseMilliseconds, CancellationToken cancellationToken)
    {
        using var pace = Pace.Every(pauseMilliseconds);
        for (var i = 0; i < count; i++)
        {
            if (pace is not null)
                await pace.WaitForNextTickAsync(cancellationToken);
            var length = AudioMessage.WriteInput(_chunk, AudioFormat.InputRateHz, _buffer);
            await _socket.SendAsync(_buffer.AsMemory(0, length), WebSocketMessageType.Text, true, cancellationToken);
        }
        await SendTextAsync("{\"realtimeInput\":{\"audioStreamEnd\":true}}", cancellationToken);
        await ReceiveOneAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        return ValueTask.CompletedTask;
    }

    private bool Take(int length) => AudioMessage.TryFindOutput(_buffer.AsSpan(0, length), out var sound) && sound.TryDecode(_played, out _);

    private async ValueTask<int> ReceiveOneAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            length += part.Count;
            if (part.EndOfMessage)
                return length;
        }
    }

    private async Task SendTextAsync(string json, CancellationToken cancellationToken) =>
        await _socket.SendAsync(Encoding.UTF8.GetBytes(json).AsMemory(), WebSocketMessageType.Text, true, cancellationToken);
}
