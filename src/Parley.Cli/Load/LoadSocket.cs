using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Cli.Load;

/// <summary>
/// A WebSocket that does as little work as possible, because thousands of them share a processor: it sends frames that were encoded before, and of a
/// long message it reads the beginning only. One reader at a time; sends are safe from any thread.
/// </summary>
internal sealed class LoadSocket : IDisposable
{
    // Longer than any message that must be read completely.
    private const int BufferBytes = 4 << 10;

    // Frames that wait for a server that does not read. A microphone of 20 ms fills it in two seconds.
    private const int MaxQueued = 100;

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Lock _gate = new();
    private Queue<ReadOnlyMemory<byte>>? _queue;
    private bool _isSending;
    private int _start;
    private int _end;
    private long _skip;

    private LoadSocket(Stream stream) => _stream = stream;

    /// <summary>Why sending failed; null while it works.</summary>
    internal string? SendFailure { get; private set; }

    /// <summary>The code of the server's close frame, 1005 without a code; null before it.</summary>
    internal int? CloseCode { get; private set; }

    /// <summary>Opens a WebSocket.</summary>
    /// <param name="address">Address with ws, wss, http or https.</param>
    /// <param name="key">API key, sent in a header; null = none.</param>
    /// <param name="invoker">Sends the request.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="LoadFailure">The server refused.</exception>
    internal static async Task<LoadSocket> ConnectAsync(Uri address, string? key, HttpMessageInvoker invoker, CancellationToken cancellationToken)
    {
        var url = new UriBuilder(address) { Scheme = address.Scheme switch { "ws" => "http", "wss" => "https", var other => other } }.Uri;
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));
        if (key is not null)
            request.Headers.Add("x-goog-api-key", key);
        var response = await invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            response.Dispose();
            throw new LoadFailure(string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)response.StatusCode}"));
        }
        return new LoadSocket(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Sends a frame now, or after those that wait. Never blocks; a failure ends the socket and is in <see cref="SendFailure"/>.
    /// </summary>
    internal void Send(ReadOnlyMemory<byte> frame)
    {
        bool isFull;
        lock (_gate)
        {
            if (SendFailure is not null)
                return;
            isFull = _queue?.Count >= MaxQueued;
            if (_isSending && !isFull)
            {
                (_queue ??= new Queue<ReadOnlyMemory<byte>>()).Enqueue(frame);
                return;
            }
            _isSending = true;
        }
        if (isFull)
            Fail("server stopped reading");
        else
            Pump(frame);
    }

    /// <summary>Sends a frame and waits until the system has taken it. Not together with <see cref="Send"/>.</summary>
    internal ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) => _stream.WriteAsync(frame, cancellationToken);

    /// <summary>Receives the next data message; answers pings.</summary>
    /// <returns>False after the close frame of the server, or at the end of the stream.</returns>
    /// <exception cref="LoadFailure">The server sent something that is not a WebSocket frame.</exception>
    internal async ValueTask<LoadMessage?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (_skip > 0)
            {
                var skipped = (int)Math.Min(_skip, _end - _start);
                (_start, _skip) = (_start + skipped, _skip - skipped);
                if (_skip > 0 && !await FillAsync(cancellationToken).ConfigureAwait(false))
                    return null;
            }
            byte opcode;
            int header;
            long length;
            while (!LoadFrame.TryReadHeader(_buffer.AsSpan(_start, _end - _start), out opcode, out _, out header, out length))
            {
                if (!await FillAsync(cancellationToken).ConfigureAwait(false))
                    return null;
            }
            _start += header;
            var wanted = (int)Math.Min(length, BufferBytes / 2);
            while (_end - _start < wanted)
            {
                if (!await FillAsync(cancellationToken).ConfigureAwait(false))
                    return null;
            }
            // A long message may have arrived further; what is there helps to recognize it.
            var head = _buffer.AsMemory(_start, (int)Math.Min(length, _end - _start));
            (_start, _skip) = (_start + head.Length, length - head.Length);
            switch (opcode)
            {
                case LoadFrame.Close:
                    CloseCode = head.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(head.Span) : 1005;
                    Send(LoadFrame.NormalClosure);
                    return null;
                case LoadFrame.Ping:
                    Send(LoadFrame.Encode(LoadFrame.Pong, head.Span));
                    break;
                case LoadFrame.Pong:
                    break;
                default:
                    return new LoadMessage(head, length, opcode == LoadFrame.Continuation);
            }
        }
    }

    public void Dispose() => _stream.Dispose();

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }
        else if (_start > BufferBytes / 4)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }

    private void Pump(ReadOnlyMemory<byte> frame)
    {
        try
        {
            do
            {
                var write = _stream.WriteAsync(frame);
                if (!write.IsCompletedSuccessfully)
                {
                    _ = FinishAsync(write.AsTask());
                    return;
                }
                write.GetAwaiter().GetResult();
            }
            while (TryDequeue(out frame));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            Fail("connection lost");
        }
    }

    private async Task FinishAsync(Task write)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            Fail("connection lost");
            return;
        }
        if (TryDequeue(out var next))
            Pump(next);
    }

    private bool TryDequeue(out ReadOnlyMemory<byte> frame)
    {
        lock (_gate)
        {
            if (_queue is not null && _queue.TryDequeue(out frame))
                return true;
            frame = default;
            return _isSending = false;
        }
    }

    private void Fail(string reason)
    {
        lock (_gate)
            SendFailure ??= reason;
        _stream.Dispose();
    }
}

/// <summary>A message of the server, as far as it was read.</summary>
/// <param name="Head">Its beginning, at least 2 KB of it; valid until the next one is received.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="IsContinuation">Whether it is a further fragment of the message before.</param>
internal readonly record struct LoadMessage(ReadOnlyMemory<byte> Head, long Length, bool IsContinuation)
{
    private static ReadOnlySpan<byte> InlineData => "\"inlineData\""u8;

    /// <summary>What it is.</summary>
    internal LoadMessageKind Kind => KindOf(Head.Span);

    /// <summary>Length of its audio, in bytes of base64: an estimate within a few bytes, because the end is not read.</summary>
    internal long AudioBase64Bytes
    {
        get
        {
            var head = Head.Span;
            var data = head.IndexOf("\"data\""u8);
            return data < 0 ? 0 : Math.Max(0, Length - data - SuffixBytes);
        }
    }

    // {"…","data":"…"}}]}}}
    private static int SuffixBytes => "\"data\":\"\"}}]}}}".Length;

    public override string ToString() => Encoding.UTF8.GetString(Head.Span);

    private static LoadMessageKind KindOf(ReadOnlySpan<byte> message)
    {
        if (message.IndexOf(InlineData) >= 0)
            return LoadMessageKind.Audio;
        if (message.IndexOf("\"turnComplete\""u8) >= 0)
            return LoadMessageKind.TurnComplete;
        if (message.IndexOf("\"interrupted\""u8) >= 0)
            return LoadMessageKind.Interrupted;
        if (message.IndexOf("\"setupComplete\""u8) >= 0)
            return LoadMessageKind.SetupComplete;
        return message.IndexOf("\"goAway\""u8) >= 0 ? LoadMessageKind.GoAway : LoadMessageKind.Other;
    }
}

/// <summary>Messages that the load generator tells apart.</summary>
internal enum LoadMessageKind
{
    Other,
    SetupComplete,
    Audio,
    TurnComplete,
    Interrupted,
    GoAway,
}
