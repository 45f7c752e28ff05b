using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Parley.Server.Tests.Support;

/// <summary>The server on a real loopback port, with the direct transport or Kestrel's own sockets.</summary>
internal sealed class LoopbackHost(WebApplication app, LogRecorder logs) : IAsyncDisposable
{
    internal IServiceProvider Services => app.Services;

    internal LogRecorder Logs => logs;

    internal int Port => new Uri(app.Urls.First()).Port;

    internal static async Task<LoopbackHost> StartAsync(bool tls = false, int port = 0, TimeProvider? time = null, Action<LiveApiOptions>? configure = null, bool direct = true, Action<WebApplicationBuilder>? builderSetup = null)
    {
        var logs = new LogRecorder();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            if (tls)
                listen.UseHttps(Certificate());
        }));
        if (tls)
            builder.WebHost.UseKestrelHttpsConfiguration();
        if (time is not null)
            builder.Services.AddSingleton(time);
        builder.Services.AddRoutingCore();
        var live = builder.Services.AddLiveApi(options =>
        {
            configure?.Invoke(options);
            options.ApiKeys.Add(LiveTestHost.Key);
            (options.Connections.DrainTime, options.Connections.CloseTimeout) = (TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
        }).UseDefaultModel(static _ => new EchoModel());
        if (direct)
            live.UseDirectSockets();
        builderSetup?.Invoke(builder);
        builder.Logging.AddProvider(logs);
        var app = builder.Build();
        app.MapLiveApi();
        await app.StartAsync();
        return new LoopbackHost(app, logs);
    }

    /// <summary>Waits for a state that no event reports.</summary>
    internal static Task UntilAsync(Func<bool> condition, string expected)
    {
        return Expect.WithinAsync(Task.Run(PollAsync), expected);

        async Task PollAsync()
        {
            while (!condition())
                await Task.Yield();
        }
    }

    internal async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        logs.ThrowIfUnexpectedErrors();
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
