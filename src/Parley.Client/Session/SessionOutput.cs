using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Parley.Client.Audio;
using Parley.Client.Resumption;
using Parley.Client.Telemetry;
using Parley.Client.Transport;
using Parley.Protocol;

namespace Parley.Client.Session;

/// <summary>
/// Everything a session sends: one message at a time, through one reused buffer. While there is no connection, audio is held and messages
/// wait; the next connection begins with them.
/// </summary>
#pragma warning disable CA1001 // The semaphore has no wait handle: there is nothing to free.
internal sealed partial class SessionOutput(
    LiveTransport first, SessionState state, ResumeSetup setup, LiveClientOptions options, ILogger logger)
#pragma warning restore CA1001 // see above
{
    private const int KeptBufferBytes = 1 << 20;

    // The close that the pump reads has the reason of a failed send: wait briefly for it before the socket is cut.
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly MicrophoneCutter _microphone = new();
    private readonly HeldInput _held = new(options.Resumption.MaxHeldAudio);
    private ArrayBufferWriter<byte> _buffer = new(4 << 10);
    private LiveTransport? _transport = first; // null while there is no connection
    private LiveTransport? _repeating; // takes results of functions only: the model generates turns again

    internal ValueTask SendAsync(LiveSessionRequest request, CancellationToken cancellationToken) =>
        SendAsync(static request => request, request, cancellationToken);

    /// <summary>Sends a message that is built when the socket is free; null = nothing to send after all.</summary>
    internal async ValueTask SendAsync<TState>(Func<TState, LiveSessionRequest?> build, TState argument, CancellationToken cancellationToken)
    {
        HeldMessage heldMessage;
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_transport is { } transport && await TrySendAsync(transport, build(argument)).ConfigureAwait(false))
                return;
            if (_repeating is { } repeating && build(argument) is var request && request is null or { ToolResponse: not null }
                && await TrySendAsync(repeating, request).ConfigureAwait(false))
            {
                return;
            }
            heldMessage = _held.AddMessage(() => build(argument));
        }
        finally
        {
            Leave();
        }
        await heldMessage.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a mark of the audio stream; without a connection it is held with the audio.</summary>
    internal async ValueTask SendMarkAsync(LiveSessionRequest mark, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_transport is not { } transport || !await TrySendAsync(transport, mark).ConfigureAwait(false))
                _ = _held.AddMessage(() => mark);
        }
        finally
        {
            Leave();
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
                if (_transport is not { } transport || !await TrySendAudioAsync(transport, piece, rateHz).ConfigureAwait(false))
                    _held.AddAudio(piece.Span, rateHz);
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Drops held audio unless it may be sent: it may be what the server refused.</summary>
    /// <returns>Audio that was dropped since the last call, here or for lack of room.</returns>
    internal async Task<TimeSpan> SettleHeldAsync(bool replay)
    {
        await _writer.WaitAsync().ConfigureAwait(false);
        if (!replay)
            _held.DropAudio();
        var dropped = _held.TakeDropped();
        _writer.Release();
        return dropped;
    }

    /// <summary>Ends sending: callers that wait get a <see cref="LiveSessionException"/>.</summary>
    internal async Task EndAsync(SessionEnd end)
    {
        await _writer.WaitAsync().ConfigureAwait(false);
        _transport = _repeating = null;
        _held.Fail(new LiveSessionException(end));
        _writer.Release();
    }

    private void Leave()
    {
        state.HoldsInput = !_held.IsEmpty;
        _writer.Release();
    }

    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        if (state.End is { } ended)
            throw new LiveSessionException(ended);
        await _writer.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (state.End is not { } end)
            return;
        _writer.Release();
        throw new LiveSessionException(end);
    }

    private async ValueTask<bool> TrySendAsync(LiveTransport transport, LiveSessionRequest? request)
    {
        if (Permitted(request) is not { } message)
            return true;
        var traits = MessageTraits.Of(message);
        if (message.ClientContent is not null && setup.TakesHistory)
            traits = traits with { ExpectsAnswer = false };
        if (traits.IsMark && _microphone.Clear())
            Log.OddByte(logger);
        ResetBuffer();
        LiveCodec.Encode(message, _buffer);
        state.Telemetry?.Sent(message);
        var kept = state.Sending(_buffer.WrittenSpan, traits, message.ToolResponse);
        if (!await TryWriteAsync(transport, _buffer.WrittenMemory).ConfigureAwait(false))
        {
            state.NotSent(kept, message.ToolResponse);
            return false;
        }
        setup.Sent(message);
        return true;
    }

    // The server closes the session for an answer that is late or sent twice, so it must not be sent.
    private LiveSessionRequest? Permitted(LiveSessionRequest? request)
    {
        if (request?.ToolResponse?.FunctionResponses is not { } responses)
            return request;
        var answers = state.Answerable(responses);
        if (answers.Count < responses.Count)
            Log.AnswerNotSent(logger, responses.Count - answers.Count);
        if (answers.Count == 0 && responses.Count > 0)
            return null;
        return answers.Count == responses.Count ? request : new LiveSessionRequest { ToolResponse = new ToolResponse { FunctionResponses = answers } };
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TrySendAudioAsync(LiveTransport transport, ReadOnlyMemory<byte> piece, int rateHz)
    {
        ResetBuffer();
        _buffer.Advance(AudioMessage.WriteInput(piece.Span, rateHz, _buffer.GetSpan(AudioMessage.MaxInputBytes(piece.Length))));
        var kept = state.Sending(_buffer.WrittenSpan, MessageTraits.OfAudio(piece.Length, rateHz));
        if (await TryWriteAsync(transport, _buffer.WrittenMemory).ConfigureAwait(false))
            return true;
        state.NotSent(kept);
        return false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryWriteAsync(LiveTransport transport, ReadOnlyMemory<byte> message)
    {
        try
        {
            await transport.WriteAsync(message).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (LiveTransport.IsBroken(e))
        {
            _transport = _repeating = null;
            _ = CutLaterAsync(transport);
            return false;
        }
    }

    private async Task CutLaterAsync(LiveTransport transport)
    {
        await Task.WhenAny(transport.Ended, Task.Delay(EndGrace, options.TimeProvider, CancellationToken.None)).ConfigureAwait(false);
        transport.Abort();
    }

    private void ResetBuffer()
    {
        if (_buffer.Capacity > KeptBufferBytes)
            _buffer = new ArrayBufferWriter<byte>(4 << 10);
        _buffer.ResetWrittenCount();
    }
}
