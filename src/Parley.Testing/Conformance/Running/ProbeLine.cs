using System.Text;
using System.Threading.Channels;
using Parley.Testing.Conformance.Sockets;

namespace Parley.Testing.Conformance.Running;

/// <summary>An upgraded connection of a check. A pump reads it, so that a wait that ends harms nothing.</summary>
internal sealed class ProbeLine : IAsyncDisposable
{
    private readonly ProbeSocket _socket;
    private readonly ProbeRun _run;
    private readonly Transcript _transcript;
    private readonly int _number;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Channel<ProbeMessage> _messages = Channel.CreateUnbounded<ProbeMessage>();
    private readonly Task _pump;
    private ProbeMessage? _end;
    private bool _isDisposed;

    internal ProbeLine(ProbeSocket socket, ProbeUpgrade upgrade, ProbeRun run, Transcript transcript, int number, CancellationToken cancellationToken)
    {
        (_socket, Upgrade, _run, _transcript, _number, _cancellation) = (socket, upgrade, run, transcript, number, cancellationToken);
        _pump = PumpAsync();
    }

    internal ProbeUpgrade Upgrade { get; }

    /// <summary>All messages that were taken, in order.</summary>
    internal List<ProbeMessage> Taken { get; } = [];

    internal IReadOnlyList<string> Violations => _socket.Violations;

    internal Task SendAsync(string json) => SendAsync(Encoding.UTF8.GetBytes(json), ProbeMessage.Text);

    internal async Task SendAsync(ReadOnlyMemory<byte> payload, int opcode, bool isLast = true, int reserved = 0)
    {
        _transcript.Add(_number, 'C', opcode switch
        {
            ProbeMessage.Close => new ProbeMessage(opcode, payload).ToString(),
            ProbeMessage.Ping or ProbeMessage.Pong => "ping or pong",
            _ => Encoding.UTF8.GetString(payload.Span[..Math.Min(payload.Length, 4_000)]),
        });
        try
        {
            await _socket.SendFrameAsync(opcode, payload, isLast, reserved, _cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The server has ended the connection; the check reads why.
        }
    }

    internal async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        _transcript.Add(_number, 'C', $"bytes {Convert.ToHexString(bytes.Span[..Math.Min(bytes.Length, 32)])}");
        try
        {
            await _socket.SendRawAsync(bytes, _cancellation).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // As above.
        }
    }

    /// <summary>The next message or end; fails if none comes in time.</summary>
    internal async Task<ProbeMessage> NextAsync(string what) =>
        await TryNextAsync(_run.Options.Timeout).ConfigureAwait(false)
        ?? throw new CheckFailedException($"Expected {what} within {_run.Options.Timeout.TotalSeconds:0.#} s; nothing came.");

    /// <summary>The next message or end; null if none comes in time.</summary>
    internal async Task<ProbeMessage?> TryNextAsync(TimeSpan longest)
    {
        if (_end is not null)
            return _end;
        using var limit = new CancellationTokenSource(longest, TimeProvider.System);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _cancellation);
        try
        {
            var message = await _messages.Reader.ReadAsync(linked.Token).ConfigureAwait(false);
            Taken.Add(message);
            if (message.IsEnd)
                _end = message;
            return message;
        }
        catch (OperationCanceledException) when (!_cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Messages up to the first that meets a condition; fails at the end of the connection.</summary>
    internal async Task<ProbeMessage> UntilAsync(Func<ProbeMessage, bool> isIt, string what)
    {
        while (true)
        {
            var message = await NextAsync(what).ConfigureAwait(false);
            if (isIt(message))
                return message;
            if (message.IsEnd)
                throw new CheckFailedException($"Expected {what}; got {_transcript.Shorten(message.ToString())}.");
        }
    }

    /// <summary>Sends the setup and waits for its confirmation.</summary>
    internal async Task<ProbeMessage> SetUpAsync(string members = "", string? model = null)
    {
        await SendAsync(_run.Setup(members, model)).ConfigureAwait(false);
        return await UntilAsync(static message => message.Has("setupComplete"), "setupComplete").ConfigureAwait(false);
    }

    /// <summary>Messages up to the end of a turn, that message included.</summary>
    internal async Task<List<ProbeMessage>> TurnAsync()
    {
        var first = Taken.Count;
        await UntilAsync(static message => message.Content("turnComplete"), "turnComplete").ConfigureAwait(false);
        return Taken[first..];
    }

    /// <summary>The end of the connection, whatever comes before.</summary>
    internal Task<ProbeMessage> EndAsync() => UntilAsync(static message => message.IsEnd, "the server closes");

    /// <summary>Fails unless the server closes with this code, and with a reason that contains one of these texts.</summary>
    internal async Task ExpectCloseAsync(int code, params string[] reasons)
    {
        var expected = $"close {code}{(reasons.Length == 0 ? "" : $" \"{string.Join("\" or \"", reasons)}\"")}";
        var end = await UntilAsync(static message => message.IsEnd, expected).ConfigureAwait(false);
        if (end.CloseCode != code || (reasons.Length > 0 && !reasons.Any(reason => Says(end.CloseReason, reason))))
            throw new CheckFailedException($"Expected {expected}; got {_transcript.Shorten(end.ToString())}.");
    }

    /// <summary>Fails unless the last message or setup is refused with this code, and with one of these texts (separated by <c>|</c>).</summary>
    internal async Task ExpectRefusalAsync(int code, string reasons)
    {
        var isOrder = reasons.StartsWith("setup must", StringComparison.Ordinal);
        var end = await UntilAsync(static message => message.IsEnd || message.Has("setupComplete"), $"close {code} \"{reasons}\"").ConfigureAwait(false);
        if (end.CloseCode != code || !reasons.Split('|').Any(reason => Says(end.CloseReason, reason)) || (!isOrder && end.CloseReason.StartsWith("setup must be the first", StringComparison.Ordinal)))
            throw new CheckFailedException($"Expected close {code}{(reasons.Length > 0 ? $" \"{reasons}\"" : "")}; got {(end.CloseReason.StartsWith("setup must", StringComparison.Ordinal) ? "no refusal" : _transcript.Shorten(end.ToString()))}.");
    }

    /// <summary>Fails if such a message arrives within a time.</summary>
    internal async Task ExpectNoneAsync(Func<ProbeMessage, bool> isIt, TimeSpan time, string otherwise)
    {
        using var limit = new CancellationTokenSource(time, TimeProvider.System);
        while (!limit.IsCancellationRequested)
        {
            var message = await TryNextAsync(time).ConfigureAwait(false);
            if (message is null || message.Content("turnComplete"))
                return;
            if (isIt(message) || message.IsEnd)
                throw new CheckFailedException($"{otherwise} ({_transcript.Shorten(message.ToString())})");
        }
    }

    /// <summary>Fails if a message of some meaning arrives.</summary>
    internal async Task ExpectSilenceAsync(string why)
    {
        using var limit = new CancellationTokenSource(_run.Options.Silence, TimeProvider.System);
        while (!limit.IsCancellationRequested)
        {
            if (await TryNextAsync(_run.Options.Silence).ConfigureAwait(false) is not { } message)
                return;
            if (message.IsEnd || message.At("serverContent", "modelTurn") is not null || message.Has("toolCall") || message.Content("turnComplete"))
                throw new CheckFailedException($"{why}; got {_transcript.Shorten(message.ToString())}.");
        }
    }

    /// <summary>Cuts the connection. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;
        await _disposed.CancelAsync().ConfigureAwait(false);
        await _socket.DisposeAsync().ConfigureAwait(false);
        await _pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _disposed.Dispose();
    }

    // A reason is cut at 123 bytes: an expected text may be cut with it.
    private static bool Says(string reason, string expected)
    {
        if (reason.Contains(expected, StringComparison.OrdinalIgnoreCase))
            return true;
        var start = expected.Length > 8 ? reason.IndexOf(expected[..8], StringComparison.OrdinalIgnoreCase) : -1;
        return start >= 0 && Encoding.UTF8.GetByteCount(reason) > 119 && expected.StartsWith(reason[start..], StringComparison.OrdinalIgnoreCase);
    }

    private async Task PumpAsync()
    {
        try
        {
            while (true)
            {
                var message = await _socket.ReceiveAsync(_disposed.Token).ConfigureAwait(false);
                _transcript.Add(_number, 'S', message.Opcode == ProbeMessage.Pong ? "pong" : message.ToString());
                _messages.Writer.TryWrite(message);
                if (!message.IsEnd)
                    continue;
                // The answer to a close, so that the server need not wait for it.
                if (message.Opcode == ProbeMessage.Close)
                    await _socket.SendFrameAsync(ProbeMessage.Close, message.Payload, true, 0, _disposed.Token).ConfigureAwait(false);
                return;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            _messages.Writer.TryWrite(new ProbeMessage(ProbeMessage.Lost, default));
        }
    }
}
