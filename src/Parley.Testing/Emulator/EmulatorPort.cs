using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Parley.Server.Endpoints;
using Parley.Testing.Hosting;
using Parley.Testing.Wire;

namespace Parley.Testing.Emulator;

/// <summary>
/// The port of an emulator. The first request of a connection decides where its bytes go: to the control API, or to the space of its key. They pass as they are,
/// in TLS if the emulator has it, so that clients see every byte, cut and half-close of their server; a request other than an upgrade ends its connection,
/// because the next one may have another key.
/// </summary>
internal sealed partial class EmulatorPort : IAsyncDisposable
{
    /// <summary>More connections wait in the backlog of the system.</summary>
    private const int MostConnections = 1_000;

    private const int BufferBytes = 64 << 10;

    /// <summary>The first byte of a handshake in TLS, and of no request.</summary>
    private const byte TlsHandshake = 22;

    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(30);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly SemaphoreSlim _free = new(MostConnections);
    private readonly CancellationTokenSource _closing = new();
    private readonly EmulatorSpaces _spaces;
    private readonly InMemoryHost _control;
    private readonly EmulatorTls? _tls;
    private readonly Task _accepting;

    /// <exception cref="SocketException">The port is in use.</exception>
    internal EmulatorPort(int port, EmulatorSpaces spaces, InMemoryHost control, EmulatorTls? tls)
    {
        (_spaces, _control, _tls) = (spaces, control, tls);
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
        Address = new Uri($"{(tls is null ? "http" : "https")}://{_listener.LocalEndPoint}/");
        _accepting = AcceptAsync();
    }

    internal Uri Address { get; }

    /// <summary>Whether a client has asked for a WebSocket.</summary>
    internal bool HasConnected { get; private set; }

    /// <summary>Why the last client without a request got no further; null = none.</summary>
    internal string? Refusal { get; private set; }

    private string Distrust => $"A client ended at the handshake of TLS; it has to trust {_tls?.CaFile}.";

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
        Stream stream = new NetworkStream(socket, ownsSocket: false);
        var isHandshake = false;
        try
        {
            socket.NoDelay = true;
            using var headTimeout = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
            headTimeout.CancelAfter(HeadTimeout);
            var first = new byte[1];
            if (await socket.ReceiveAsync(first, SocketFlags.Peek, headTimeout.Token).ConfigureAwait(false) == 0)
                return;
            if ((first[0] == TlsHandshake) != (_tls is not null))
            {
                await RefuseAsync(socket, stream, headTimeout.Token).ConfigureAwait(false);
                return;
            }
            isHandshake = _tls is not null;
            if (_tls is not null)
                stream = await _tls.AcceptAsync(stream, headTimeout.Token).ConfigureAwait(false);
            var client = new StreamEnd(socket, stream);
            var head = await HttpHead.ReadAsync(client.Input, static (pipe, token) => pipe.ReadAsync(token), headTimeout.Token).ConfigureAwait(false);
            if (isHandshake && head is null)
                Refusal = Distrust;
            isHandshake = false;
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
            await ConnectAsync(client, stream, server, issuer).ConfigureAwait(false);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // A client that refuses the certificate says so in its handshake, in TLS 1.3 after it, or just leaves.
            if (isHandshake && e is (AuthenticationException or IOException))
                Refusal = Distrust;
            await new StreamEnd(socket, stream).EndAsync(isReset: true).ConfigureAwait(false);
        }
        finally
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            _free.Release();
        }
    }

    // At once, in plain text: a client with TLS fails with an error of TLS instead of its timeout.
    private async Task RefuseAsync(Socket socket, Stream stream, CancellationToken cancellationToken)
    {
        Refusal = _tls is null
            ? "A client tried TLS (https: or wss:), as the Python SDK always does. Start the emulator with --tls (LiveEmulatorOptions.Tls)."
            : "A client tried without TLS. The emulator has TLS: use https: or wss:.";
        var answer = $"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: {Refusal.Length}\r\nConnection: close\r\n\r\n{Refusal}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancellationToken).ConfigureAwait(false);
        socket.Shutdown(SocketShutdown.Send);
        // An end with unread input is a reset, which would overtake the answer.
        await stream.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
    }

    private async Task ConnectAsync(StreamEnd client, Stream stream, PipeEndStream server, EmulatorSpace? issuer)
    {
        var toServer = ToServerAsync(client.Input, server);
        var isReset = false;
        try
        {
            await ToClientAsync(stream, server, issuer).ConfigureAwait(false);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // As a lost connection: the client reads no end of stream but an error.
            isReset = true;
        }
        await client.EndAsync(isReset).ConfigureAwait(false);
        // A server that has ended reads nothing more.
        await server.DisposeAsync().ConfigureAwait(false);
        client.Input.CancelPendingRead();
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
        catch (Exception e) when (IsEnd(e))
        {
            server.Reset();
        }
    }

    private async Task ToClientAsync(Stream client, PipeEndStream server, EmulatorSpace? issuer)
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
            await client.WriteAsync(buffer.AsMemory(0, count), _closing.Token).ConfigureAwait(false);
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

    private static bool IsEnd(Exception e) =>
        e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or AuthenticationException;

    [GeneratedRegex("\"name\"\\s*:\\s*\"(?<token>auth_tokens/[^\"]+)\"")]
    private static partial Regex IssuedToken();
}
