using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Client.Checks;
using Parley.Client.Transport;

namespace Parley.Client.Connecting;

/// <summary>What a client that can connect consists of; a test double has none.</summary>
internal sealed class ClientCore
{
    private static readonly HttpMessageInvoker SharedInvoker = new(NewHandler());

    private static readonly HttpMessageInvoker WaitingInvoker = new(NewHandler(WaitingStream.ConnectAsync));

    internal ClientCore(Credential credential, LiveClientOptions options)
    {
        Credential = credential;
        Options = options;
        Logger = options.LoggerFactory?.CreateLogger<LiveClient>() ?? NullLogger<LiveClient>.Instance;
        Endpoints = new Endpoints(options.BaseAddress, options.ApiVersion);
        if (options.Invoker is { } own)
            CredentialGuard.TurnOffRedirects(own, Logger);
        Invoker = new HttpMessageInvoker(new CredentialGuard(options.Invoker ?? (options.UseSessionThread ? WaitingInvoker : SharedInvoker)));
        Connector = new LiveConnector(credential, Endpoints, Invoker, options, Logger);
        Preflight = new Preflight(options, Logger);
        Rest = new RestClient(credential, Endpoints, Invoker, options);
    }

    internal Credential Credential { get; }

    internal LiveClientOptions Options { get; }

    internal ILogger Logger { get; }

    internal Endpoints Endpoints { get; }

    internal HttpMessageInvoker Invoker { get; }

    internal LiveConnector Connector { get; }

    internal Preflight Preflight { get; }

    internal RestClient Rest { get; }

    private static SocketsHttpHandler NewHandler(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect = null) =>
        new() { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false, ConnectCallback = connect };
}
