using System.Net;
using System.Security.Cryptography;
using System.Text;
using Parley.Server.Access;
using Parley.Server.Sessions;
using Parley.Server.Sockets;

namespace Parley.Server.Endpoints;

/// <summary>Connects Live clients of this process to this server without a network (<c>docs/decisions/0062-telephone.md</c>).</summary>
internal sealed class LiveLoopback(ConnectionServices services, KeyRing keys, ConnectionAdmission admission, KeyConnectionLimits limits)
{
    /// <summary>Creates the handler of one client, for <c>LiveClientOptions.Invoker</c>. Every upgrade it sends becomes a connection of this server.</summary>
    /// <param name="keyId">Id of a virtual key, whose limits then apply; any other name is an id of its own for sessions, usage and logs.</param>
    /// <param name="remote">What stands for the client's address in the log.</param>
    internal LoopbackHandler CreateHandler(string keyId, string remote) => new(this, keyId, remote);

    internal bool IsDraining => services.Registry.IsDraining;

    /// <summary>Admits a connection as the socket endpoint does.</summary>
    internal async ValueTask<(Caller? Caller, Refusal? Refusal)> AdmitAsync(string keyId, CancellationToken cancellationToken)
    {
        if (admission.IsFull || admission.IsMemoryFull)
            return (null, Refusal.Unavailable(retryAfter: null));
        var caller = await keys.FindInProcessAsync(keyId, cancellationToken).ConfigureAwait(false);
        if (caller.Caller is null)
            return caller;
        return await limits.RefuseAsync(caller.Caller, cancellationToken).ConfigureAwait(false) is { } refusal ? (null, refusal) : caller;
    }

    /// <summary>Serves a connection, on a task of its own.</summary>
    internal LiveConnection Serve(LoopbackStream stream, Caller caller, string version, string remote)
    {
        var limiter = new FrameLimiter(services.Time, services.Options.Connections.MaxPingsPerMinute, services.Options.Messages.MaxFragments);
        // Without a keep-alive: a connection in memory breaks only with its process.
        var socket = new FrameSocket(stream, isServer: true, services.Time, (TimeSpan.Zero, TimeSpan.Zero), limiter);
        var connection = new LiveConnection(services, socket, new ConnectionRequest(version, caller, Refusal: null, remote) { IsInProcess = true }, limiter);
        _ = Task.Run(connection.RunAsync);
        return connection;
    }
}

/// <summary>The server as a handler of HTTP requests, for one client in this process: answers upgrades, and nothing else.</summary>
internal sealed class LoopbackHandler(LiveLoopback loopback, string keyId, string remote) : HttpMessageHandler
{
    private static readonly byte[] HandshakeGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8.ToArray();

    private LiveConnection? _connection;

    /// <summary>Reports what the user has heard of the audio sent on the newest connection.</summary>
    /// <param name="position">Length of the audio that was played or dropped.</param>
    internal void ReportPlayed(TimeSpan position) => Volatile.Read(ref _connection)?.Session?.ReportPlayed(position);

    /// <summary>Id of the session on the newest connection; null before the first.</summary>
    internal string? SessionId => Volatile.Read(ref _connection)?.Session?.SessionId;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!request.Headers.TryGetValues("Sec-WebSocket-Key", out var keys) || keys.FirstOrDefault() is not { } key)
            return new HttpResponseMessage(HttpStatusCode.NotFound) { RequestMessage = request };
        // A client in this process need not try again: the process ends.
        if (loopback.IsDraining)
            return new HttpResponseMessage(HttpStatusCode.Gone) { RequestMessage = request };
        var (caller, refusal) = await loopback.AdmitAsync(keyId, cancellationToken).ConfigureAwait(false);
        if (caller is null)
            return new HttpResponseMessage((HttpStatusCode)refusal!.Code) { RequestMessage = request };
        var (client, server) = LoopbackStream.CreatePair();
        Volatile.Write(ref _connection, loopback.Serve(server, caller, VersionOf(request.RequestUri), remote));
        var response = new HttpResponseMessage(HttpStatusCode.SwitchingProtocols) { RequestMessage = request, Content = new LoopbackContent(client) };
        response.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        response.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        response.Headers.TryAddWithoutValidation("Sec-WebSocket-Accept", Accept(key));
        return response;
    }

    // /ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent
    private static string VersionOf(Uri? address) => address?.AbsolutePath.Split('.') is { Length: > 3 } parts ? parts[3] : "v1";

#pragma warning disable CA5350 // RFC 6455 prescribes SHA-1 here; it protects nothing.
    private static string Accept(string key) => Convert.ToBase64String(SHA1.HashData([.. Encoding.ASCII.GetBytes(key), .. HandshakeGuid]));
#pragma warning restore CA5350

    /// <summary>Hands the stream to the client as it is.</summary>
    private sealed class LoopbackContent(Stream stream) : HttpContent
    {
        protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => stream;

        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(stream);

        protected override Task SerializeToStreamAsync(Stream target, TransportContext? context) => throw new NotSupportedException();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
