using System.Net;
using System.Net.Sockets;

namespace Parley.Server.PostgreSql.Tests.Support;

/// <summary>Forwards connections to a database, and cuts one when the database has answered: what was asked for is done, and the client does not know.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _disposed = new();
    private readonly int _port;
    private readonly Task _accepting;
    private int _left;

    internal CuttingProxy(int port)
    {
        _port = port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections were cut.</summary>
    internal int Cuts { get; private set; }

    /// <summary>Cuts the connection in place of an answer, the next one if <paramref name="number"/> is 1.</summary>
    internal void CutAnswer(int number = 1) => Volatile.Write(ref _left, number);

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _disposed.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
                open.Add(ForwardAsync(await _listener.AcceptTcpClientAsync(_disposed.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(_disposed.Token);
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(IPAddress.Loopback, _port, closed.Token);
            await await Task.WhenAny(PumpAsync(client, server, isAnswer: false, closed.Token), PumpAsync(server, client, isAnswer: true, closed.Token));
            await closed.CancelAsync();
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, bool isAnswer, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                if (isAnswer && Volatile.Read(ref _left) > 0 && Interlocked.Decrement(ref _left) == 0)
                {
                    Cuts++;
                    return;
                }
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The connection has ended.
        }
    }
}
