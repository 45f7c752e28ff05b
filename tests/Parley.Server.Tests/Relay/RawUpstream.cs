using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Parley.TestKit;

namespace Parley.Server.Tests.Relay;

/// <summary>An upstream whose connections are controlled by the test, byte for byte.</summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private int _requests;

    private RawUpstream()
    {
    }

    public InMemoryHost Host { get; private set; } = null!;

    public EventLog<UpstreamConnection> Connections { get; } = new();

    /// <summary>HTTP status that refuses connections; null = accept them.</summary>
    public int? Refuses { get; set; }

    /// <summary>Where a refusal redirects to; null = nowhere.</summary>
    public string? RedirectsTo { get; set; }

    /// <summary>Upgrade requests, refused ones too.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public static async Task<RawUpstream> StartAsync()
    {
        var upstream = new RawUpstream();
        upstream.Host = await InMemoryHost.StartAsync(null, app =>
        {
            app.UseWebSockets();
            app.Run(upstream.AcceptAsync);
        });
        return upstream;
    }

    public Task<UpstreamConnection> NextAsync() => Connections.NextAsync(static _ => true, "the gateway connects to the upstream");

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private async Task AcceptAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        if (Refuses is { } status)
        {
            if (RedirectsTo is { } address)
                context.Response.Headers.Location = address;
            context.Response.StatusCode = status;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var connection = new UpstreamConnection(socket, context.Request.Path, context.Request.QueryString.ToString(), context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString()));
        Connections.Add(connection);
        await connection.RunAsync();
    }
}

internal sealed class UpstreamConnection(WebSocket socket, string path, string query, IReadOnlyDictionary<string, string> headers)
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WebSocket Socket => socket;

    public string Path => path;

    public string Query => query;

    public IReadOnlyDictionary<string, string> Headers => headers;

    /// <summary>Messages from the gateway in order; a close is a message of that type.</summary>
    public EventLog<(WebSocketMessageType Type, byte[] Payload)> Received { get; } = new();

    /// <summary>Blocks reading until the test releases it.</summary>
    public SyncPoint? Stalled { get; set; }

    public async Task<string> TextAsync(Func<string, bool> matches, string expected) =>
        Encoding.UTF8.GetString((await Received.FirstAsync(frame => matches(Encoding.UTF8.GetString(frame.Payload)), expected)).Payload);

    public Task<string> SetupAsync() => TextAsync(static text => text.Contains("\"setup\"", StringComparison.Ordinal), "a setup at the upstream");

    public Task SendAsync(string text, WebSocketMessageType type = WebSocketMessageType.Binary) => SendAsync(Encoding.UTF8.GetBytes(text), type);

    public Task SendAsync(byte[] payload, WebSocketMessageType type = WebSocketMessageType.Binary) =>
        socket.SendAsync(payload.AsMemory(), type, endOfMessage: true, CancellationToken.None).AsTask();

    /// <summary>Waits for the setup, and accepts it.</summary>
    public async Task AcceptSetupAsync(string setupComplete = "{\n  \"setupComplete\": {}\n}\n")
    {
        await SetupAsync();
        await SendAsync(setupComplete);
    }

    public Task CloseAsync(int code, string? reason) => socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None);

    public void Cut() => socket.Abort();

    public async Task RunAsync()
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    length += part.Count;
                }
                while (!part.EndOfMessage);
                Received.Add((part.MessageType, buffer[..length]));
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    if (socket.State == WebSocketState.CloseReceived)
                        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    return;
                }
                if (Stalled is { } stalled)
                    await stalled.PassAsync();
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            Received.Add((WebSocketMessageType.Close, []));
        }
        finally
        {
            _end.TrySetResult();
        }
    }
}
