using System.Net.WebSockets;

namespace Parley.Bench.Relay;

/// <summary>A session that sends messages at a steady pace and records when the answers arrive.</summary>
internal sealed class PacedSession : IAsyncDisposable
{
    private static readonly HttpMessageInvoker Invoker = new(new SocketsHttpHandler());

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[8 << 10];
    private readonly Queue<long> _sent = [];
    private readonly Lock _gate = new();

    /// <summary>Round trips in microseconds, of messages sent while <see cref="Counts"/>.</summary>
    internal List<double> RoundTrips { get; } = new(16 << 10);

    internal bool Counts { get; set; }

    internal static async Task<PacedSession> StartAsync(Uri address, CancellationToken cancellationToken)
    {
        var session = new PacedSession();
        await session._socket.ConnectAsync(address, Invoker, cancellationToken);
        await session._socket.SendAsync(Frames.Setup.AsMemory(), WebSocketMessageType.Text, true, cancellationToken);
        await session.ReceiveAsync();
        return session;
    }

    internal static async Task<PacedSession[]> StartManyAsync(Uri address, int count, CancellationToken cancellationToken)
    {
        var sessions = new PacedSession[count];
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken },
            async (i, token) => sessions[i] = await StartAsync(address, token));
        return sessions;
    }

    /// <summary>Sends until it is cancelled; returns the number of messages, which equals the number of answers.</summary>
    internal async Task<int> SpeakAsync(TimeSpan after, TimeSpan every, CancellationToken cancellationToken)
    {
        var listening = ListenAsync();
        var frames = 0;
        try
        {
            await Task.Delay(after, cancellationToken);
            using var timer = new PeriodicTimer(every);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                lock (_gate)
                    _sent.Enqueue(Counts ? TimeProvider.System.GetTimestamp() : 0);
                await _socket.SendAsync(Frames.Spoken.AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None);
                frames++;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The measurement has ended.
        }
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await listening.WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        return frames;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return default;
    }

    private async Task ListenAsync()
    {
        while (await ReceiveAsync())
        {
            long sent;
            lock (_gate)
                sent = _sent.Dequeue();
            if (sent > 0)
                RoundTrips.Add(TimeProvider.System.GetElapsedTime(sent).TotalMicroseconds);
        }
    }

    private async ValueTask<bool> ReceiveAsync()
    {
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
                return false;
            if (part.EndOfMessage)
                return true;
        }
    }
}
