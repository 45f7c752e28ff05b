using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// Everything a session sends: one message at a time, through one buffer that is used again. Where a later connection takes over, only
/// <see cref="Transport"/> changes.
/// </summary>
internal sealed class SessionOutput(LiveTransport transport, SessionState state, TimeProvider timeProvider)
{
    private const int KeptBufferBytes = 1 << 20;
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(1);

    private readonly MicrophoneCutter _microphone = new();
    private ArrayBufferWriter<byte> _buffer = new(4 << 10);

    /// <summary>The socket in use.</summary>
    internal LiveTransport Transport { get; } = transport;

    internal ValueTask SendAsync(LiveSessionRequest request, CancellationToken cancellationToken) =>
        SendAsync(static request => request, request, cancellationToken);

    /// <summary>Builds the message when its turn has come; null = there is nothing to send after all.</summary>
    internal async ValueTask SendAsync<TState>(Func<TState, LiveSessionRequest?> build, TState argument, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (build(argument) is not { } request)
                return;
            if (request.RealtimeInput is { AudioStreamEnd: true } or { ActivityStart: not null } or { ActivityEnd: not null })
                _microphone.Clear();
            Renew();
            LiveCodec.Encode(request, _buffer);
            state.Telemetry?.Sent(request);
            await WriteAsync().ConfigureAwait(false);
        }
        finally
        {
            Transport.EndWrite();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask SendAudioAsync(ReadOnlyMemory<byte> pcm, int rateHz, CancellationToken cancellationToken)
    {
        if (rateHz is < AudioFormat.MinRateHz or > AudioFormat.MaxRateHz)
            throw new ArgumentOutOfRangeException(nameof(rateHz), rateHz, "The rate must be between 4,000 and 192,000 Hz.");
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (_microphone.TryTake(ref pcm, rateHz, out var piece))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Renew();
                _buffer.Advance(AudioFrame.WriteInput(piece.Span, rateHz, _buffer.GetSpan(AudioFrame.MaxInputBytes(piece.Length))));
                await WriteAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            Transport.EndWrite();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync()
    {
        try
        {
            await Transport.WriteAsync(_buffer.WrittenMemory).ConfigureAwait(false);
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw await EndedAsync(e).ConfigureAwait(false);
        }
    }

    // No send is ever cancelled, so a cancelled operation here is the socket's own: it was cut.
    private static bool IsBroken(Exception e) =>
        e is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException
        || e is OperationCanceledException { CancellationToken.CanBeCanceled: false };

    private Task EnterAsync(CancellationToken cancellationToken) =>
        state.End is { } end ? Task.FromException(new LiveSessionException(end)) : Transport.BeginWriteAsync(cancellationToken);

    private void Renew()
    {
        if (_buffer.Capacity > KeptBufferBytes)
            _buffer = new ArrayBufferWriter<byte>(4 << 10);
        _buffer.ResetWrittenCount();
    }

    // The reason of a broken send is in the close, which the pump reads; it is worth a short wait.
    private async Task<LiveSessionException> EndedAsync(Exception error)
    {
        await Task.WhenAny(state.Completion, Task.Delay(EndGrace, timeProvider, CancellationToken.None)).ConfigureAwait(false);
        return new LiveSessionException(state.End ?? new SessionEnd(EndCause.Network, null, "")
        {
            Advice = RetryAdvice.Resume,
            ResumptionHandle = state.ResumptionHandle,
            Error = error,
        });
    }
}
