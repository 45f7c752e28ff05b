using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Parley.TestKit.Internal;

namespace Parley.TestKit;

/// <summary>
/// A Live API client for tests. It sends anything, and validates every message it receives against <c>ServerMessage</c> of the schema.
/// One reader at a time; sends may overlap with it.
/// </summary>
public sealed class LiveSocket(WebSocket socket) : IAsyncDisposable
{
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);
    private static readonly JsonDocumentOptions NoDuplicates = new() { AllowDuplicateProperties = false };

    private readonly EventLog<LiveFrame> _received = new();

    /// <summary>The socket itself, for what this client does not cover: close by hand, abort, state.</summary>
    public WebSocket Socket { get; } = socket;

    /// <summary>Every message so far, in order.</summary>
    public IReadOnlyList<LiveFrame> Received => _received.Snapshot;

    public static async Task<LiveSocket> ConnectAsync(
        InMemoryHost host,
        string pathAndQuery,
        Action<ClientWebSocketOptions>? configure = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        return new LiveSocket(await host.ConnectWebSocketAsync(pathAndQuery, configure, cancellationToken));
    }

    /// <summary>Sends the text unchanged as one text message; it need not be JSON.</summary>
    public Task SendJsonAsync(string json, CancellationToken cancellationToken = default) =>
        SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, cancellationToken);

    /// <summary>Sends an object as JSON in lowerCamelCase: <c>new { RealtimeInput = new { Text = "Hi" } }</c>.</summary>
    public Task SendJsonAsync(object message, CancellationToken cancellationToken = default) =>
        SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, CamelCase), WebSocketMessageType.Text, cancellationToken);

    public Task SendBinaryAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default) =>
        SendAsync(message, WebSocketMessageType.Binary, cancellationToken);

    public Task SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, CancellationToken cancellationToken = default) =>
        Expect.WithinAsync(
            Socket.SendAsync(message, type, endOfMessage: true, cancellationToken).AsTask(),
            "the server accepts a message",
            cancellationToken);

    /// <exception cref="ExpectationException">The message breaks the schema, or the server closed instead.</exception>
    public async Task<LiveFrame> ReceiveAsync(CancellationToken cancellationToken = default) =>
        await NextAsync("a message of the server", cancellationToken) switch
        {
            (LiveFrame frame, _) => frame,
            (_, var close) => throw Unexpected("a message of the server", $"the server closed with {close}"),
        };

    /// <summary>Receives until a message matches and returns that one; those before it are in <see cref="Received"/>.</summary>
    /// <param name="matches">Whether this is the message.</param>
    /// <param name="expected">The message in words, for the failure.</param>
    /// <param name="cancellationToken">Aborts the socket, as every cancelled receive does.</param>
    public async Task<LiveFrame> ReceiveUntilAsync(
        Func<LiveFrame, bool> matches, string expected = "a message that matches", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(matches);
        while (true)
        {
            var (frame, close) = await NextAsync(expected, cancellationToken);
            if (frame is null)
                throw Unexpected(expected, $"the server closed with {close}");
            if (matches(frame))
                return frame;
        }
    }

    /// <summary>Waits for the server's close and answers it.</summary>
    /// <param name="skipMessages">Whether messages may come first; they are validated and kept too.</param>
    /// <param name="cancellationToken">Aborts the socket, as every cancelled receive does.</param>
    public async Task<LiveClose> ExpectCloseAsync(bool skipMessages = false, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var (frame, close) = await NextAsync("the server closes", cancellationToken);
            if (close is not null)
                return close;
            if (!skipMessages)
                throw Unexpected("the server closes", $"it sent {Shorten.Text(frame!.Json.GetRawText())}");
        }
    }

    public ValueTask DisposeAsync()
    {
        Socket.Abort();
        Socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<(LiveFrame? Frame, LiveClose? Close)> NextAsync(string expected, CancellationToken cancellationToken)
    {
        try
        {
            return await Expect.WithinAsync(ReadMessageAsync(cancellationToken), expected, cancellationToken);
        }
        catch (ExpectationException e) when (e.InnerException is TimeoutException)
        {
            Socket.Abort();
            throw Unexpected(expected, $"nothing arrived within {Expect.Bound.TotalSeconds:0} s", e);
        }
        catch (WebSocketException e)
        {
            throw Unexpected(expected, "the connection was lost", e);
        }
    }

    private async Task<(LiveFrame? Frame, LiveClose? Close)> ReadMessageAsync(CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ValueWebSocketReceiveResult part;
        do
        {
            part = await Socket.ReceiveAsync(buffer.GetMemory(4 << 10), cancellationToken);
            if (part.MessageType is WebSocketMessageType.Close)
                return (null, await AnswerCloseAsync(cancellationToken));
            buffer.Advance(part.Count);
        }
        while (!part.EndOfMessage);

        var frame = new LiveFrame(Parse(buffer.WrittenSpan), part.MessageType);
        WireSchema.Live.Require("ServerMessage", frame.Json);
        _received.Add(frame);
        return (frame, null);
    }

    private async Task<LiveClose> AnswerCloseAsync(CancellationToken cancellationToken)
    {
        var code = Socket.CloseStatus ?? WebSocketCloseStatus.Empty;
        if (Socket.State is WebSocketState.CloseReceived)
        {
            await Socket.CloseOutputAsync(
                code, code is WebSocketCloseStatus.Empty ? null : Socket.CloseStatusDescription, cancellationToken);
        }

        return new LiveClose((int)code, Socket.CloseStatusDescription ?? "");
    }

    private static JsonElement Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonElement.Parse(utf8, NoDuplicates);
        }
        catch (JsonException e)
        {
            throw new ExpectationException($"The server sent no valid JSON: {Shorten.Text(Encoding.UTF8.GetString(utf8))}", e);
        }
    }

    private ExpectationException Unexpected(string expected, string instead, Exception? reason = null)
    {
        var messages = Received.Select((frame, index) => $"  {index + 1}. {Shorten.Text(frame.Json.GetRawText())}");
        return new ExpectationException(
            $"Expected {expected}, but {instead}. Received before:\n{string.Join("\n", messages.DefaultIfEmpty("  nothing"))}", reason!);
    }
}
