using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Parley.Protocol;

namespace Parley.Server.Relay;

/// <summary>From the upstream to the client.</summary>
internal sealed partial class RelaySession
{
    private async Task PumpAsync(IMessageOutput output)
    {
        try
        {
            while (true)
            {
                var upstream = _upstream;
                var close = await ForwardAsync(upstream, output).ConfigureAwait(false);
                await upstream.EndAsync().ConfigureAwait(false);
                if (await RotateAsync(upstream, close, output).ConfigureAwait(false) is not { } end)
                    continue;
                output.Close(end);
                break;
            }
        }
        catch (Exception e)
        {
            Log.PumpFailed(_relay.Logger, _start.SessionId, e);
            output.Close(LiveClose.Internal);
        }
        finally
        {
            lock (_gate)
            {
                _state = State.Ended;
                _rotation.Stop();
                StopHandleRetry();
                ClearHeld();
            }
            _upstream.Abort();
            _relay.Ended(_start.SessionId, this);
            _ended.TrySetResult();
        }
    }

    /// <summary>Forwards the messages of an upstream until it ends.</summary>
    /// <returns>Its close; null if the connection was lost.</returns>
    private async Task<LiveClose?> ForwardAsync(UpstreamSocket upstream, IMessageOutput output)
    {
        try
        {
            while (true)
            {
                using var message = await upstream.ReceiveAsync().ConfigureAwait(false);
                if (message.Type == WebSocketMessageType.Close)
                    return upstream.Close;
                if (message.Refusal is { } refusal)
                {
                    upstream.Abort();
                    return refusal;
                }
                var payload = message.Memory;
                if (Inspect(ref payload, upstream, output, out var kind, out var update))
                    await output.SendAsync(payload, message.Type, kind).ConfigureAwait(false);
                else if (update is not null)
                    await ForwardHandleAsync(update.Value, payload, message.Type, upstream, output).ConfigureAwait(false);
                if (_rotation.IsPending)
                    TryRotate(force: false);
            }
        }
        catch (Exception e) when (IsTransport(e))
        {
            return upstream.Close;
        }
    }

    /// <summary>Reads what the relay must know of a message.</summary>
    /// <param name="payload">The message; replaced by a copy without the operator's key if it quotes the key.</param>
    /// <param name="upstream">Its upstream.</param>
    /// <param name="output">The client.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="update">Its resumption update, which is forwarded with a handle of this server.</param>
    /// <returns>False if it must not be forwarded unchanged.</returns>
    private bool Inspect(ref ReadOnlyMemory<byte> payload, UpstreamSocket upstream, IMessageOutput output, out MessageKind kind, out ResumptionUpdate? update)
    {
        update = null;
        var peek = ServerPeek.Read(payload.Span);
        if (!peek.IsPlainAudio && upstream.Upstream.Secrets.IsIn(payload.Span))
        {
            Log.KeyRedacted(_relay.Logger, _start.SessionId, upstream.Upstream.Id);
            payload = upstream.Upstream.Secrets.Redact(payload.Span);
            peek = ServerPeek.Read(payload.Span);
        }
        kind = peek.Kind;
        if (peek.HasOutput)
        {
            output.Meter.Output();
            Volatile.Write(ref _inTurn, true);
            CancelSettling();
        }
        if (peek.IsPlainAudio)
            return true;
        if (output.Meter.WantsContent)
            ReportContent(peek, payload.Span, output.Meter);
        if (peek.IsInterrupted)
            output.Meter.TurnEnded("interrupted");
        if (!peek.Usage.IsEmpty)
            ReportUsage(peek.Usage, output);
        if (peek.IsTurnComplete)
        {
            output.Meter.TurnEnded("completed");
            Volatile.Write(ref _inTurn, false);
        }
        if (!peek.ToolCall.IsEmpty || !peek.Cancellation.IsEmpty)
            TrackCalls(peek, output.Meter);
        if (peek.HasResumption)
        {
            update = ResumptionUpdate.Read(payload.Span, peek.Resumption);
            return false;
        }
        return !peek.IsSetupComplete && !(peek.IsGoAway && OnGoAway(peek.GoAway));
    }

    private void TrackCalls(in ServerPeek peek, ISessionMeter meter)
    {
        CancelSettling();
        lock (_gate)
        {
            if (!peek.ToolCall.IsEmpty)
                _calls.Called(peek.ToolCall, (id, name) => meter.Called(id, name));
            if (!peek.Cancellation.IsEmpty)
                _calls.Cancelled(peek.Cancellation, id => meter.CallEnded(id, "cancelled"));
        }
    }

    // What is said and called, never the audio beside it.
    private void ReportContent(in ServerPeek peek, ReadOnlySpan<byte> payload, ISessionMeter meter)
    {
        try
        {
            if ((peek.HasText ? LiveCodec.DecodeResponse(payload) : RelayContent.Of(peek)) is { } content)
                meter.Content(content);
        }
        catch (LiveProtocolException e)
        {
            Log.ContentUnreadable(_relay.Logger, _start.SessionId, e.Path);
        }
    }

    private void ReportUsage(ReadOnlySpan<byte> usage, IMessageOutput output)
    {
        try
        {
            if (LiveCodec.DecodeResponse([.. "{\"usageMetadata\":"u8, .. usage, .. "}"u8]).UsageMetadata is { } counts)
                output.Meter.Used(counts);
        }
        catch (LiveProtocolException e)
        {
            Log.UsageUnreadable(_relay.Logger, _start.SessionId, e.Path);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RelayDropped, LogLevel.Warning, "Messages dropped during rotation: session {SessionId}, {Messages} messages with audio or pictures")]
        public static partial void Dropped(ILogger logger, string sessionId, int messages);

        [LoggerMessage(EventIds.RelayFailed, LogLevel.Error, "Relay of session {SessionId} failed; closing with 1011")]
        public static partial void PumpFailed(ILogger logger, string sessionId, Exception exception);

        [LoggerMessage(EventIds.RelayReplacing, LogLevel.Information, "Rotation started: session {SessionId}, upstream {Upstream}, cause {Cause}")]
        public static partial void Replacing(ILogger logger, string sessionId, string upstream, string cause);

        [LoggerMessage(EventIds.RelayReplaced, LogLevel.Information, "Rotation completed: session {SessionId}, upstream {Upstream}, after {Gap}, {Held} messages held")]
        public static partial void Replaced(ILogger logger, string sessionId, string upstream, TimeSpan gap, int held);

        [LoggerMessage(EventIds.RelayNotResumed, LogLevel.Warning, "Resumption failed: session {SessionId}, upstream {Upstream}, {Code} {Reason}")]
        public static partial void NotResumed(ILogger logger, string sessionId, string upstream, int code, string reason);

        [LoggerMessage(EventIds.RelayUsageUnreadable, LogLevel.Warning, "Invalid usageMetadata not counted: session {SessionId}, at '{Path}'")]
        public static partial void UsageUnreadable(ILogger logger, string sessionId, string path);

        [LoggerMessage(EventIds.RelayContentUnreadable, LogLevel.Warning, "Invalid content has no event: session {SessionId}, at '{Path}'")]
        public static partial void ContentUnreadable(ILogger logger, string sessionId, string path);

        [LoggerMessage(EventIds.RelayTooManyReplacements, LogLevel.Warning, "Rotation stopped: session {SessionId}, upstream {Upstream}, more than {Connections} connections in a row lasted less than {GoodLife}")]
        public static partial void TooManyReplacements(ILogger logger, string sessionId, string upstream, int connections, TimeSpan goodLife);

        [LoggerMessage(EventIds.RelayKeyRedacted, LogLevel.Warning, "Upstream key redacted: session {SessionId}, upstream {Upstream} sent a message that quotes its key")]
        public static partial void KeyRedacted(ILogger logger, string sessionId, string upstream);

        [LoggerMessage(EventIds.RelayGoAwayForwarded, LogLevel.Information, "goAway forwarded to the client: session {SessionId} has no handle of upstream {Upstream}")]
        public static partial void GoAwayForwarded(ILogger logger, string sessionId, string upstream);
    }
}
