using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Parley.Server.Endpoints;
using Parley.Testing.Hosting;
using Parley.Testing.Wire;

namespace Parley.Testing.Control;

/// <summary>
/// The port of an emulator. The first request of a connection decides where its bytes go: to the control API, or to the space of its key. They pass as they are,
/// so that clients see every byte, cut and half-close of their server; a request other than an upgrade ends its connection, because the next one may have
/// another key.
/// </summary>
internal sealed partial class EmulatorPort : IAsyncDisposable
{
    /// <summary>More connections wait in the backlog of the system.</summary>
    private const int MostConnections = 1_000;

    private const int BufferBytes = 64 << 10;

    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(30);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly SemaphoreSlim _free = new(MostConnections);
    private readonly CancellationTokenSource _closing = new();
    private readonly EmulatorSpaces _spaces;
    private readonly InMemoryHost _control;
    private readonly Task _accepting;

    /// <exception cref="SocketException">The port is in use.</exception>
    internal EmulatorPort(int port, EmulatorSpaces spaces, InMemoryHost control)
    {
        (_spaces, _control) = (spaces, control);
        try
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            _listener.Listen();
        }
        catch
        {
            _listener.Dispose();
            throw;
        }
        Address = new Uri($"http://{_listener.LocalEndPoint}/");
        _accepting = AcceptAsync();
    }

    internal Uri Address { get; }

    /// <summary>Whether a client has asked for a WebSocket.</summary>
    internal bool HasConnected { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                await _free.WaitAsync(_closing.Token).ConfigureAwait(false);
                var socket = await _listener.AcceptAsync(_closing.Token).ConfigureAwait(false);
                _ = ServeAsync(socket);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client has gone before it was accepted.
                _free.Release();
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            var stream = new NetworkStream(socket, ownsSocket: false);
            var reader = PipeReader.Create(stream);
            using var headTimeout = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
            headTimeout.CancelAfter(HeadTimeout);
            var head = await HttpHead.ReadAsync(reader, static (pipe, token) => pipe.ReadAsync(token), headTimeout.Token).ConfigureAwait(false);
            var space = head is null || LiveEmulator.IsControl(head.Target) ? null : SpaceOf(head);
            var server = (PipeEndStream)(space is null
                ? await _control.OpenRawStreamAsync().ConfigureAwait(false)
                : await space.Server.OpenStreamAsync().ConfigureAwait(false));
            await using var closing = server.ConfigureAwait(false);
            if (head is not null)
            {
                HasConnected |= head.IsWebSocketUpgrade;
                if (!head.IsWebSocketUpgrade)
                    head.Set("Connection", "close");
                await server.WriteAsync(head.ToBytes(), _closing.Token).ConfigureAwait(false);
            }
            var issuer = head?.Target.Contains("auth_tokens", StringComparison.Ordinal) == true ? space : null;
            await ConnectAsync(socket, reader, server, issuer).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            Reset(socket);
        }
        finally
        {
            socket.Dispose();
            _free.Release();
        }
    }

    private async Task ConnectAsync(Socket socket, PipeReader client, PipeEndStream server, EmulatorSpace? issuer)
    {
        var toServer = ToServerAsync(client, server);
        try
        {
            await ToClientAsync(socket, server, issuer).ConfigureAwait(false);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Reset(socket);
        }
        // A server that has ended reads nothing more.
        await server.DisposeAsync().ConfigureAwait(false);
        client.CancelPendingRead();
        await toServer.ConfigureAwait(false);
    }

    private async Task ToServerAsync(PipeReader client, PipeEndStream server)
    {
        try
        {
            while (true)
            {
                var read = await client.ReadAsync(_closing.Token).ConfigureAwait(false);
                foreach (var part in read.Buffer)
                    await server.WriteAsync(part, _closing.Token).ConfigureAwait(false);
                client.AdvanceTo(read.Buffer.End);
                if (read.IsCanceled)
                    return;
                if (read.IsCompleted)
                    break;
            }
            await server.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            server.Reset();
        }
    }

    private async Task ToClientAsync(Socket socket, PipeEndStream server, EmulatorSpace? issuer)
    {
        var buffer = new byte[BufferBytes];
        var answer = issuer is null ? null : new StringBuilder();
        while (await server.ReadAsync(buffer, _closing.Token).ConfigureAwait(false) is > 0 and var count)
        {
            if (answer?.Length < BufferBytes)
            {
                // Before the client can use it.
                answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
                foreach (Match token in IssuedToken().Matches(answer.ToString()))
                    _spaces.Issued(token.Groups["token"].Value, issuer!);
            }
            for (var sent = 0; sent < count;)
                sent += await socket.SendAsync(buffer.AsMemory(sent, count - sent), _closing.Token).ConfigureAwait(false);
        }
    }

    private EmulatorSpace SpaceOf(HttpHead head)
    {
        var secrets = new RequestSecrets();
        if (head.Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query)
            secrets.ReadQuery(head.Target[query..]);
        IHeaderDictionary headers = new HeaderDictionary();
        foreach (var (name, value) in head.Headers)
            headers[name] = value;
        secrets.TakeHeaders(headers, isOurs: true);
        const string Bearer = "Bearer ";
        var bearer = headers.Authorization.ToString();
        var key = secrets.Key ?? (bearer.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? bearer[Bearer.Length..].Trim() : null);
        return _spaces.Of(key, secrets.AccessToken);
    }

    // As a lost connection: the client reads no end of stream but an error.
    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    [GeneratedRegex("\"name\"\\s*:\\s*\"(?<token>auth_tokens/[^\"]+)\"")]
    private static partial Regex IssuedToken();
}
