using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Parley.Testing.Wire;

/// <summary>
/// One connection that passes through the kit: HTTP until a 101, then frames in both directions. Whole messages go through the filters, the first of them
/// next to the client. Other requests, and bytes that are no HTTP/1.1, pass unchanged.
/// </summary>
#pragma warning disable CA1001 // Sources without timers hold nothing, and the client may leave after the end.
internal sealed partial class WireLink
#pragma warning restore CA1001
{
    private readonly WireEnd _client, _server;
    private readonly WireOptions _options;
    private readonly CancellationTokenSource _ended = new(), _serverGone = new(), _clientGone = new();
    private readonly TaskCompletionSource<bool> _upgraded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _serverLeft = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IReadOnlyList<IMessageFilter> _filters = [];
    private ILinkFilter? _faults;
    private volatile bool _isUpgrade;
    private bool _isFrozen, _isRefused, _isServerCut;

    /// <param name="client">The client's end.</param>
    /// <param name="server">The server's end.</param>
    /// <param name="options">Filters, clock.</param>
    internal WireLink(WireEnd client, WireEnd server, WireOptions options)
    {
        (_client, _server, _options) = (client, server, options);
        ToClient = new WireOutput(client.Output, toServer: false, options.Time, options.Activity);
        ToServer = new WireOutput(server.Output, toServer: true, options.Time, options.Activity);
    }

    /// <summary>Number among the WebSocket upgrades, from 1; zero for other connections.</summary>
    internal int Number { get; private set; }

    internal WireOutput ToClient { get; }

    internal WireOutput ToServer { get; }

    /// <summary>Guards the filters.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Runs until both directions have ended, or the server's has and everything is delivered.</summary>
    /// <param name="onClientEnded">Called when the server has the end of the client's stream.</param>
    internal async Task RunAsync(Action? onClientEnded = null)
    {
        var toServer = WriteServerAsync(onClientEnded);
        var toClient = WriteClientAsync();
        var up = ReadClientToEndAsync();
        var down = ReadServerToEndAsync();
        await Task.WhenAll(down, toClient).ConfigureAwait(false);
        // A client that stays has nobody to talk to; after a half-close it still has.
        await Task.WhenAny(Task.WhenAll(up, toServer), _serverLeft.Task).ConfigureAwait(false);
        await _ended.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(up, toServer).ConfigureAwait(false);
        await _client.Input.CompleteAsync().ConfigureAwait(false);
        await _server.Input.CompleteAsync().ConfigureAwait(false);
        lock (Gate)
            _faults?.Ended();
    }

    /// <summary>The server has no more to say; what it wrote is still delivered.</summary>
    internal void ServerEnded()
    {
        _serverGone.Cancel();
        _serverLeft.TrySetResult();
    }

    /// <summary>The client's end is gone: what is held back for the server is lost, and nothing waits any more.</summary>
    internal void ClientGone()
    {
        _clientGone.Cancel();
        if (_isFrozen || ToServer.IsHeld)
            _ended.Cancel();
        else
            ToClient.Hurry();
    }

    /// <summary>Resets both sides; bytes in flight are lost.</summary>
    internal void Cut()
    {
        _ = GuardAsync(_client.EndAsync(isReset: true));
        _ended.Cancel();
    }

    /// <summary>Ends the stream to the client without a close frame; the other direction goes on.</summary>
    internal void HalfClose() => ToClient.Finish();

    /// <summary>Ends both streams without a close frame.</summary>
    internal void End()
    {
        ToClient.Finish();
        ToServer.Finish();
    }

    /// <summary>Nothing passes in either direction, and nobody is told. What was passed on before arrives.</summary>
    internal void Freeze()
    {
        _isFrozen = true;
        ToClient.Then(() => Stop(ToClient));
        ToServer.Then(() => Stop(ToServer));
    }

    internal void Thaw()
    {
        lock (Gate)
        {
            _isFrozen = false;
            ToClient.Rate = ToServer.Rate = null;
        }
    }

    /// <summary>Sends a close frame to the client; the server loses the connection.</summary>
    internal void CloseClient(int code, string reason)
    {
        ToClient.Close(code, reason);
        _isServerCut = true;
        ToServer.Finish();
    }

    /// <summary>Answers the upgrade instead of the server.</summary>
    internal void Refuse(int status, string? body, IEnumerable<KeyValuePair<string, string>> headers)
    {
        _isRefused = true;
        var content = Encoding.UTF8.GetBytes(body ?? "");
        var head = new StringBuilder($"HTTP/1.1 {status} {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status)}\r\n");
        foreach (var (name, value) in headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        if (content.Length > 0)
            head.Append("Content-Type: ").Append(body![0] is '{' or '[' ? "application/json" : "text/plain").Append("; charset=utf-8\r\n");
        head.Append("Content-Length: ").Append(content.Length).Append("\r\nConnection: close\r\n\r\n");
        ToClient.Write([.. Encoding.Latin1.GetBytes(head.ToString()), .. content]);
        ToClient.Finish();
    }

    private async Task WriteServerAsync(Action? onClientEnded)
    {
        await GuardAsync(ToServer.RunAsync(_ended.Token)).ConfigureAwait(false);
        await GuardAsync(_server.EndAsync(_ended.IsCancellationRequested || _isServerCut)).ConfigureAwait(false);
        onClientEnded?.Invoke();
    }

    private async Task WriteClientAsync()
    {
        await GuardAsync(ToClient.RunAsync(_ended.Token)).ConfigureAwait(false);
        await GuardAsync(_client.EndAsync(isReset: false)).ConfigureAwait(false);
    }

    private async Task ReadClientToEndAsync()
    {
        try
        {
            await ReadClientAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsLost(e))
        {
            await _ended.CancelAsync().ConfigureAwait(false);
        }
        _upgraded.TrySetResult(false);
        // What does not pass any more cannot tell that the client has left.
        if (_isFrozen)
            await _ended.CancelAsync().ConfigureAwait(false);
        ToServer.Finish();
        if (ToClient.IsClosed)
            ToClient.Finish();
    }

    private async Task ReadServerToEndAsync()
    {
        try
        {
            await ReadServerAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsLost(e))
        {
            // What it wrote before is delivered, as bytes in a socket are.
        }
        _upgraded.TrySetResult(false);
        // A close that was not the server's waits for its answer.
        if (!ToClient.IsClosed)
            ToClient.Finish();
    }

    private async Task ReadClientAsync()
    {
        if (await HttpHead.ReadAsync(_client.Input, ReadAsync, _ended.Token).ConfigureAwait(false) is { } head)
        {
            if (head.IsWebSocketUpgrade)
            {
                if (!await UpgradeAsync(head).ConfigureAwait(false))
                {
                    // The server never sees it; the client reads the answer and leaves.
                    ToServer.Finish();
                    await DrainAsync(_client.Input).ConfigureAwait(false);
                    return;
                }
            }
            else
            {
                head.Set("Connection", "close");
                _options.Rewrite?.Invoke(head);
                ToServer.Write(head.ToBytes());
            }
        }
        if (_isUpgrade && await _upgraded.Task.WaitAsync(_ended.Token).ConfigureAwait(false))
            await ReadFramesAsync(_client.Input, ToServer, fromClient: true, _ended.Token).ConfigureAwait(false);
        else
            await CopyAsync(_client.Input, ToServer, _ended.Token).ConfigureAwait(false);
    }

    private async Task<bool> UpgradeAsync(HttpHead head)
    {
        _isUpgrade = true;
        Number = _options.NextNumber();
        _filters = _options.CreateFilters(Number);
        if (_filters is [ILinkFilter faults, ..])
        {
            _faults = faults;
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, _clientGone.Token);
            if (!await faults.ConnectingAsync(this, gone.Token).ConfigureAwait(false))
                return false;
        }
        foreach (var filter in _filters.OfType<IUpgradeFilter>())
        {
            if (filter.Refuse(head.Target, head.Headers) is { } status)
            {
                Refuse(status, null, []);
                return false;
            }
        }
        head.Set("Sec-WebSocket-Extensions", null);
        _options.Rewrite?.Invoke(head);
        ToServer.Write(head.ToBytes());
        return true;
    }

    private async Task ReadServerAsync()
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, _serverGone.Token);
        while (await HttpHead.ReadAsync(_server.Input, ReadAsync, either.Token).ConfigureAwait(false) is { } head)
        {
            var isOpen = head.Status == 101;
            if (!isOpen && head.Status >= 200)
                head.Set("Connection", "close");
            if (!_isRefused)
                ToClient.Write(head.ToBytes());
            if (isOpen && _isUpgrade)
            {
                lock (Gate)
                    _faults?.Opened();
                _upgraded.TrySetResult(true);
                await ReadFramesAsync(_server.Input, ToClient, fromClient: false, either.Token).ConfigureAwait(false);
                return;
            }
            if (isOpen || head.Status >= 200)
                break;
        }
        _upgraded.TrySetResult(false);
        await CopyAsync(_server.Input, ToClient, either.Token).ConfigureAwait(false);
    }

    // A connection that has thawed meanwhile goes on.
    private void Stop(WireOutput output)
    {
        lock (Gate)
        {
            if (_isFrozen)
                output.Rate = 0;
        }
    }

    private static bool IsLost(Exception e) => e is IOException or SocketException or OperationCanceledException or WebSocketException or ObjectDisposedException;

    private static async Task GuardAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception e) when (IsLost(e))
        {
            // A side that is gone takes nothing more.
        }
    }
}
