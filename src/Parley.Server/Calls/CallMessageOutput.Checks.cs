using System.Buffers;
using System.Net.WebSockets;
using Parley.Protocol;
using Parley.Server.Relay;

namespace Parley.Server.Calls;

/// <summary>What the client of a forwarding session gets if its texts are checked. Events and metrics have what it gets, not what the upstream sent.</summary>
#pragma warning disable CA1001 // The semaphore has no handle to free, and what still runs may wait for it.
internal sealed partial class CallMessageOutput
#pragma warning restore CA1001
{
    // One message at a time: audio overtakes text.
    private readonly SemaphoreSlim _sending = new(1);

    /// <summary>Sends a message of the server.</summary>
    internal void Show(LiveSessionResponse message)
    {
        Report(message);
        inner.Send(message);
    }

    private ValueTask SendCheckedAsync(AnswerGate gate, ReadOnlyMemory<byte> message, WebSocketMessageType type, MessageKind kind)
    {
        var peek = ServerPeek.Read(message.Span);
        LiveSessionResponse? decoded = null;
        if (!peek.IsPlainAudio && (peek.Kind == MessageKind.Unreadable || (decoded = Decode(message.Span)) is null))
        {
            // It may contain text.
            side.NotPassed();
            return default;
        }
        List<CallText> texts = decoded is null ? [] : MessageTexts.Of(decoded, side.Checks.ReadsUser, side.Checks.ReadsModel);
        if (peek.IsInterrupted)
        {
            gate.Interrupted();
            return ReleaseAsync(message, type, kind, decoded, default);
        }
        var place = peek.IsTurnComplete ? AnswerKind.End
            : peek.Kind == MessageKind.Audio && texts.TrueForAll(static text => text.IsUser) ? AnswerKind.Audio
            : peek.HasOutput || texts.Count > 0 ? AnswerKind.Text : AnswerKind.Other;
        if (gate.MayPass(place, texts.Count > 0))
            return ReleaseAsync(message, type, kind, decoded, default);
        gate.Add(new WaitingMessage(this, message.ToArray(), type, kind, decoded) { Kind = place, Texts = texts, Bytes = message.Length });
        return gate.WaitForRoomAsync();
    }

    private void SendChecked(AnswerGate gate, LiveSessionResponse message)
    {
        var place = message.ServerContent?.TurnComplete is true ? AnswerKind.End : AnswerKind.Other;
        if (gate.MayPass(place, hasTexts: false))
            Release(message);
        else
            gate.Add(new ActionItem(place, () => Release(message)));
    }

    private void Release(LiveSessionResponse message)
    {
        if (Translate(side.Hide(side.FromModel(message))) is { } left)
            Show(left);
        side.ShowRefusal();
    }

    private async ValueTask ReleaseAsync(ReadOnlyMemory<byte> payload, WebSocketMessageType type, MessageKind kind, LiveSessionResponse? decoded, AnswerVerdict verdict)
    {
        // A send ends in any case: it has a limit.
        await _sending.WaitAsync().ConfigureAwait(false);
        try
        {
            if (WhatIsLeft(payload, decoded, verdict) is { } left)
                await inner.SendAsync(left, type, kind).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
        side.ShowRefusal();
    }

    private ReadOnlyMemory<byte>? WhatIsLeft(ReadOnlyMemory<byte> payload, LiveSessionResponse? decoded, AnswerVerdict verdict)
    {
        if (decoded is null)
        {
            if (!side.Output())
                return null;
            inner.Meter.Output();
            return payload;
        }
        var edited = verdict.Edits is { } edits ? MessageTexts.Apply(decoded, edits) : decoded;
        if (verdict.User.IsBlocked)
            edited = CallSide.WithoutInput(edited);
        if (edited is null || Translate(side.Hide(side.FromModel(edited))) is not { } left)
            return null;
        Report(left);
        if (ReferenceEquals(left, decoded))
            return payload;
        // Only texts differ: all other members stay as they are.
        if (ReferenceEquals(left, edited) && !verdict.User.IsBlocked && MessageTexts.Apply(payload.Span, verdict.Edits!) is { } replaced)
            return replaced;
        var buffer = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(left, buffer);
        return buffer.WrittenMemory;
    }

    private void Report(LiveSessionResponse message)
    {
        var content = message.ServerContent;
        if (content?.ModelTurn is not null || content?.OutputTranscription is not null)
            inner.Meter.Output();
        if (inner.Meter.WantsContent)
            inner.Meter.Content(message);
        if (content?.Interrupted is true)
            inner.Meter.TurnEnded("interrupted");
        if (content?.TurnComplete is true)
            inner.Meter.TurnEnded("completed");
    }

    private sealed class WaitingMessage(CallMessageOutput output, ReadOnlyMemory<byte> payload, WebSocketMessageType type, MessageKind kind, LiveSessionResponse? decoded) : AnswerItem
    {
        internal override ValueTask ReleaseAsync(AnswerVerdict verdict) => output.ReleaseAsync(payload, type, kind, decoded, verdict);
    }

    /// <summary>What the relay reads of messages before they are checked is reported when they have passed.</summary>
    private sealed class CheckedMeter(ISessionMeter inner) : ISessionMeter
    {
        public void Output()
        {
        }

        public void TurnEnded(string outcome)
        {
            if (outcome == "lost")
                inner.TurnEnded(outcome);
        }

        public void Called(string id, string name) => inner.Called(id, name);

        public void CallEnded(string id, string outcome) => inner.CallEnded(id, outcome);

        public void Used(UsageMetadata usage) => inner.Used(usage);
    }
}
