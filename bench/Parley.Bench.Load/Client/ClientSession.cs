using System.Net.WebSockets;

namespace Parley.Bench.Load.Client;

/// <summary>
/// A session over a bare socket that does as little work as possible, because it shares the machine with the measured server.
/// </summary>
internal sealed class ClientSession : IAsyncDisposable
{
    // Longer than any message that must be parsed completely; of longer ones only the beginning is read.
    private const int BufferBytes = 4 << 10;

    private static readonly HttpMessageInvoker Invoker = new(new SocketsHttpHandler());

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private Task _draining = Task.CompletedTask;
    private volatile bool _closing;

    internal enum Kind
    {
        Other,
        SetupComplete,
        Audio,
        TurnComplete,
    }

    internal static async Task<ClientSession> StartAsync(Uri address, byte[] setup, CancellationToken cancellationToken)
    {
        var session = new ClientSession();
        try
        {
            await session._socket.ConnectAsync(address, Invoker, cancellationToken);
            await session.SendAsync(setup, cancellationToken);
            while (await session.ReceiveAsync(cancellationToken) != Kind.SetupComplete)
            {
            }
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens many sessions, a few at a time, that discard what they receive.</summary>
    internal static async Task<ClientSession[]> StartManyAsync(Uri address, byte[] setup, int count, CancellationToken cancellationToken)
    {
        var sessions = new ClientSession[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (i, token) =>
        {
            sessions[i] = await StartAsync(address, setup, token);
            sessions[i]._draining = sessions[i].DrainAsync(cancellationToken);
        });
        return sessions;
    }

    internal static async Task StopManyAsync(ClientSession[] sessions) =>
        await Parallel.ForEachAsync(sessions, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (session, _) => await session.DisposeAsync());

    internal ValueTask SendAsync(byte[] message, CancellationToken cancellationToken) =>
        _socket.SendAsync(message, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancellationToken);

    /// <summary>One turn from the question to its end.</summary>
    internal async Task TakeTurnAsync(byte[] turn, int chunks, CancellationToken cancellationToken)
    {
        await SendAsync(turn, cancellationToken);
        var audio = 0;
        while (await ReceiveAsync(cancellationToken) is var kind && kind != Kind.TurnComplete)
            audio += kind == Kind.Audio ? 1 : 0;
        if (audio != chunks)
            throw new InvalidOperationException($"The turn had {audio} chunks of audio instead of {chunks}.");
    }

    public async ValueTask DisposeAsync()
    {
        _closing = true;
        try
        {
            if (_socket.State == WebSocketState.Open)
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            await _draining.WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or TimeoutException)
        {
            // The server or the run has ended.
        }
        _socket.Dispose();
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        while ((await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken)).MessageType != WebSocketMessageType.Close)
        {
        }
        if (!_closing)
            throw ServerClosed();
    }

    private async ValueTask<Kind> ReceiveAsync(CancellationToken cancellationToken)
    {
        var part = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
        if (part.MessageType == WebSocketMessageType.Close)
            throw ServerClosed();
        var kind = KindOf(_buffer.AsSpan(0, part.Count));
        while (!part.EndOfMessage)
            part = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
        return kind;
    }

    private InvalidOperationException ServerClosed() => new($"The server closed with {_socket.CloseStatus}: {_socket.CloseStatusDescription}");

    private static Kind KindOf(ReadOnlySpan<byte> message)
    {
        if (message.IndexOf("\"inlineData\""u8) >= 0)
            return Kind.Audio;
        if (message.IndexOf("\"turnComplete\""u8) >= 0)
            return Kind.TurnComplete;
        return message.IndexOf("\"setupComplete\""u8) >= 0 ? Kind.SetupComplete : Kind.Other;
    }
}
