using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Parley.Client.Tests.Scripted;

/// <summary>
/// A real WebSocket server in memory that follows the script of a test. Disposing it waits for the scripts, and rethrows a failure of one
/// of them. <see cref="Logs"/> records the client's log.
/// </summary>
internal sealed class ScriptedLiveServer : IAsyncDisposable
{
    internal const string Key = "AIza-secret-key-of-the-tests";
    internal const string Token = "auth_tokens/secret0token0of0the0tests";

    private readonly ConcurrentQueue<Task> _scripts = new();
    private readonly ILoggerFactory _loggers;
    private bool _abandoned;

    private ScriptedLiveServer(InMemoryHost host)
    {
        Host = host;
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
    }

    internal InMemoryHost Host { get; private init; }

    internal LogRecorder Logs { get; } = new();

    internal static Task<ScriptedLiveServer> StartAsync(Func<ScriptedPeer, Task> script) => StartAsync(script, port: null);

    /// <param name="script">Runs for each connection.</param>
    /// <param name="port">A port on loopback, 0 = a free one; the options of clients then use it, through their own sockets.</param>
    internal static Task<ScriptedLiveServer> StartAsync(Func<ScriptedPeer, Task> script, int? port)
    {
        var connections = 0;
        return StartAsync(async context =>
        {
            if (!context.WebSockets.IsWebSocketRequest)
            {
                context.Response.StatusCode = 404;
                return;
            }
            // Counted before it is accepted, because the client may open the next one right after that.
            var number = Interlocked.Increment(ref connections);
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await script(new ScriptedPeer(socket, context, number));
        }, port);
    }

    /// <summary>The first connection runs the first script, and so on; an additional connection is a failure.</summary>
    internal static Task<ScriptedLiveServer> StartAsync(params Func<ScriptedPeer, Task>[] scripts) => StartAsync(peer =>
    {
        Assert.True(peer.Number <= scripts.Length, $"expected {scripts.Length} connections, got one more");
        return scripts[peer.Number - 1](peer);
    });

    internal static async Task<ScriptedLiveServer> StartAsync(RequestDelegate handler, int? port = null)
    {
        ScriptedLiveServer? server = null;
        var host = await InMemoryHost.StartAsync(null, app =>
        {
            app.UseWebSockets();
            app.Run(context =>
            {
                var run = handler(context);
                server!._scripts.Enqueue(run);
                return run.ContinueWith(static _ => { }, TaskScheduler.Default);
            });
        }, port);
        return server = new ScriptedLiveServer(host);
    }

    internal LiveClientOptions Options(Action<LiveClientOptions>? configure = null)
    {
        var options = new LiveClientOptions { BaseAddress = Host.BaseAddress, Invoker = Host.Invoker, LoggerFactory = _loggers };
        if (Host.LoopbackAddress is { } loopback)
            (options.BaseAddress, options.Invoker) = (loopback, null);
        configure?.Invoke(options);
        return options;
    }

    internal LiveClient Client(Action<LiveClientOptions>? configure = null) => LiveClient.FromApiKey(Key, Options(configure));

    internal Task<LiveSession> ConnectAsync(LiveSetup? setup = null, Action<LiveClientOptions>? configure = null) =>
        Expect.WithinAsync(Client(configure).ConnectAsync(setup ?? new LiveSetup { Model = "gemini-test" }), "the session opens");

    /// <summary>Ignores what the scripts do from now on: the client is cut off.</summary>
    internal void Abandon() => _abandoned = true;

    public async ValueTask DisposeAsync()
    {
        if (_abandoned)
            Host.CutConnections();
        Exception? failure = null;
        foreach (var script in _scripts)
        {
            try
            {
                await Expect.WithinAsync(script, "the script of the server ends");
            }
            catch (Exception e) when (_abandoned || failure is not null)
            {
                _ = e;
            }
            catch (Exception e)
            {
                failure = e;
            }
        }
        await Host.DisposeAsync();
        _loggers.Dispose();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }
}
