using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Parley.Testing.Tests.Phone;

/// <summary>The server side of one media stream, written by hand: keeps what the caller sends, and sends what the test says.</summary>
internal sealed class StreamServer : IAsyncDisposable
{
    private readonly TaskCompletionSource<WebSocket> _socket = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EventLog<JsonNode> _messages = new();
    private readonly int? _refusal;
    private InMemoryHost _host = null!;

    private StreamServer(int? refusal) => _refusal = refusal;

    internal static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal TestClock Clock { get; } = new();

    /// <summary>Headers of the upgrade.</summary>
    internal IHeaderDictionary Headers { get; private set; } = null!;

    internal IReadOnlyList<JsonNode> Messages => _messages.Snapshot;

    internal Uri Url => _host.WebSocketUri("/stream?b=2&a=1");

    internal Uri Webhook => new(_host.BaseAddress, "/incoming?b=2&a=1");

    /// <summary>Headers and body of the webhook, if there was one.</summary>
    internal (IHeaderDictionary Headers, string Body)? Asked { get; private set; }

    /// <summary>What the webhook answers.</summary>
    internal string Xml { get; set; } = "";

    internal static async Task<StreamServer> StartAsync(int? refusal = null)
    {
        var server = new StreamServer(refusal);
        server._host = await InMemoryHost.StartAsync(
            null,
            app =>
            {
                app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
                app.Run(server.ServeAsync);
            },
            server.Clock, Cancellation);
        server.Clock.Settle(server._host.QuietAsync);
        return server;
    }

    internal async Task<VirtualCaller> CallAsync(
        CallerDialect dialect = CallerDialect.Twilio, Action<VirtualCallerOptions>? configure = null, Uri? url = null)
    {
        var caller = await VirtualCaller.CallAsync(
            url ?? Url,
            options =>
            {
                (options.Dialect, options.TimeProvider, options.Invoker) = (dialect, Clock, _host.Invoker);
                configure?.Invoke(options);
            },
            Cancellation);
        await _host.QuietAsync(Cancellation);
        return caller;
    }

    internal Task AdvanceAsync(int milliseconds) => Clock.AdvanceAsync(TimeSpan.FromMilliseconds(milliseconds), Cancellation);

    /// <summary>Advances in one go, for calls in which the server does nothing meanwhile.</summary>
    internal Task LeapAsync(int milliseconds)
    {
        Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return _host.QuietAsync(Cancellation);
    }

    /// <summary>Messages of one event.</summary>
    internal List<JsonNode> Of(string name) => [.. Messages.Where(message => (string?)message["event"] == name)];

    /// <summary>The payloads of all media messages, in order.</summary>
    internal byte[] Media() => [.. Of("media").SelectMany(static message => Convert.FromBase64String((string)message["media"]!["payload"]!))];

    /// <summary>Sends a message and waits until the caller has taken it.</summary>
    internal async Task SendAsync(string json)
    {
        var socket = await Expect.WithinAsync(_socket.Task, "the caller dials", Cancellation);
        await socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
        await _host.QuietAsync(Cancellation);
    }

    internal async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        var socket = await Expect.WithinAsync(_socket.Task, "the caller dials", Cancellation);
        await socket.CloseOutputAsync(status, reason, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _end.TrySetResult();
        await _host.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        if (context.Request.Path == "/incoming")
        {
            using var reader = new StreamReader(context.Request.Body);
            Asked = (new HeaderDictionary(context.Request.Headers.ToDictionary()), await reader.ReadToEndAsync());
            context.Response.StatusCode = _refusal ?? 200;
            await context.Response.WriteAsync(Xml);
            return;
        }
        Headers = context.Request.Headers;
        if (_refusal is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        _socket.SetResult(socket);
        var buffer = new byte[1 << 16];
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } received)
                _messages.Add(JsonNode.Parse(buffer.AsSpan(0, received.Count))!);
            if (socket.State == WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The caller cut the connection.
        }
        await _end.Task;
    }
}
