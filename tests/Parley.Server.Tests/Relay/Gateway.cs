using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Parley.Server.Relay;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Relay;

/// <summary>A gateway with in-memory upstreams, selected by the host name of the upstream's URL.</summary>
internal static class Gateway
{
    private static readonly TimeSpan Long = TimeSpan.FromDays(1);

    public const string UpstreamKey = "operator-key-0815-secret";

    public static Task<InMemoryHost> StartAsync(
        InMemoryHost upstream, FrameRecorder? recorder = null, Action<RelayOptions>? configure = null, TimeProvider? time = null,
        Action<IServiceCollection>? services = null, Action<LiveApiOptions>? live = null, ILiveModel? local = null, Action<WebApplication>? app = null) =>
        StartAsync(new Dictionary<string, InMemoryHost> { ["upstream.test"] = upstream }, recorder, configure, time, services, live, local, app);

    public static Task<InMemoryHost> StartAsync(
        IReadOnlyDictionary<string, InMemoryHost> upstreams, FrameRecorder? recorder = null, Action<RelayOptions>? configure = null, TimeProvider? time = null,
        Action<IServiceCollection>? services = null, Action<LiveApiOptions>? live = null, ILiveModel? local = null, Action<WebApplication>? app = null) => InMemoryHost.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton<IUpstreamConnector>(provider => new InMemoryConnector(
                    upstreams, provider.GetRequiredService<IOptions<RelayOptions>>(), provider.GetRequiredService<TimeProvider>()));
                var server = builder.Services.AddLiveApi(options =>
                {
                    options.ApiKeys.Add(LiveTestHost.Key);
                    options.Connections.CloseTimeout = Long;
                    live?.Invoke(options);
                });
                if (local is not null)
                    server.UseDefaultModel(_ => local);
                server.UseRelay(options =>
                {
                    foreach (var name in upstreams.Keys)
                        options.Upstreams.Add(new UpstreamOptions { Name = name, Url = new Uri("http://" + name), Key = UpstreamKey });
                    options.KeepAliveInterval = TimeSpan.Zero;
                    options.RotationSettle = TimeSpan.Zero;
                    // Tests advance the clock in large steps; unrelated timeouts must not elapse meanwhile.
                    options.SetupTimeout = options.UpstreamCloseTimeout = options.SendTimeout = Long;
                    configure?.Invoke(options);
                });
                if (recorder is not null)
                    builder.Services.AddSingleton<ILiveWireObserver>(recorder);
                services?.Invoke(builder.Services);
            },
            running =>
            {
                app?.Invoke(running);
                running.MapLiveApi();
            },
            time);

    /// <summary>A Parley server as the upstream, with the operator's key.</summary>
    public static Task<InMemoryHost> StartUpstreamAsync(EchoModel model, FrameRecorder? recorder = null) => InMemoryHost.StartAsync(
        builder =>
        {
            builder.Services.AddLiveApi(options =>
            {
                options.ApiKeys.Add(UpstreamKey);
                options.IndentedJson = true;
                // The messages of a test must not count as a client that does not read.
                options.Connections.MaxQueuedMessages = 1_000_000;
            }).UseDefaultModel(_ => model);
            if (recorder is not null)
                builder.Services.AddSingleton<ILiveWireObserver>(recorder);
        },
        static app => app.MapLiveApi());

    /// <summary>A client with a session that a raw upstream has accepted.</summary>
    public static async Task<(LiveSocket Client, UpstreamConnection Upstream)> OpenAsync(this InMemoryHost gateway, RawUpstream upstream, string setup = LiveTestHost.Setup)
    {
        var next = upstream.NextAsync();
        var client = await gateway.ConnectAsync();
        await client.SendJsonAsync(setup);
        var connection = await next;
        await connection.AcceptSetupAsync();
        await client.ReceiveUntilAsync(static frame => frame.Has("setupComplete"), "setupComplete");
        return (client, connection);
    }

    private sealed class InMemoryConnector(IReadOnlyDictionary<string, InMemoryHost> hosts, IOptions<RelayOptions> options, TimeProvider time) : IUpstreamConnector
    {
        public Task<WebSocket> ConnectAsync(Upstream upstream, string version, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken) =>
            new UpstreamConnector(options, time, hosts[upstream.Options.Url.Host].ConnectAsync).ConnectAsync(upstream, version, headers, cancellationToken);
    }
}
