using Parley.Cli.Load;

namespace Parley.Bench.Load.Client;

/// <summary>
/// A session of the load generator of <c>parley load</c>, which does as little work as possible, because it shares the machine with the measured server.
/// </summary>
internal sealed class ClientSession : IAsyncDisposable, IPaced
{
    private static readonly HttpMessageInvoker Invoker = new(new SocketsHttpHandler());

    private readonly LoadSocket _socket;
    private Task _draining = Task.CompletedTask;
    private int _frame;
    private volatile bool _closing;

    private ClientSession(LoadSocket socket) => _socket = socket;

    /// <summary>Messages of audio that were sent since the session was added to a wheel.</summary>
    internal int AudioSent => Volatile.Read(ref _frame);

    internal static async Task<ClientSession> StartAsync(Uri address, byte[] setup, CancellationToken cancellationToken)
    {
        var session = new ClientSession(await LoadSocket.ConnectAsync(address, key: null, Invoker, cancellationToken));
        try
        {
            await session.SendAsync(setup, cancellationToken);
            while (await session.ReceiveAsync(cancellationToken) != LoadMessageKind.SetupComplete)
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

    internal ValueTask SendAsync(byte[] frame, CancellationToken cancellationToken) => _socket.SendAsync(frame, cancellationToken);

    /// <summary>Sends the next 20 ms of audio.</summary>
    public void Tick() => _socket.Send(Messages.AudioFrames[(Interlocked.Increment(ref _frame) - 1) % Messages.AudioFrames.Length]);

    /// <summary>One turn from the question to its end.</summary>
    internal async Task TakeTurnAsync(byte[] turn, int chunks, CancellationToken cancellationToken)
    {
        await SendAsync(turn, cancellationToken);
        var audio = 0;
        while (await ReceiveAsync(cancellationToken) is var kind && kind != LoadMessageKind.TurnComplete)
            audio += kind == LoadMessageKind.Audio ? 1 : 0;
        if (audio != chunks)
            throw new InvalidOperationException($"The turn had {audio} chunks of audio instead of {chunks}.");
    }

    public async ValueTask DisposeAsync()
    {
        _closing = true;
        _socket.Send(LoadFrame.NormalClosure);
        try
        {
            await _draining.WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or TimeoutException or ObjectDisposedException)
        {
            // The server or the run has ended.
        }
        _socket.Dispose();
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (await _socket.ReceiveAsync(cancellationToken) is not null)
        {
        }
        if (!_closing)
            throw ServerClosed();
    }

    private async ValueTask<LoadMessageKind> ReceiveAsync(CancellationToken cancellationToken) =>
        await _socket.ReceiveAsync(cancellationToken) is { } message ? message.Kind : throw ServerClosed();

    private InvalidOperationException ServerClosed() => new($"The server closed with {_socket.CloseCode}");
}
