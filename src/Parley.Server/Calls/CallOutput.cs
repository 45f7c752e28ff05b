using Parley.Protocol;

namespace Parley.Server.Calls;

/// <summary>The output of a local session.</summary>
/// <param name="side">The server's side.</param>
/// <param name="inner">The client.</param>
internal sealed class CallOutput(CallSide side, ILiveModelOutput inner) : ILiveModelOutput
{
    private readonly Lock _gate = new();
    private readonly Queue<LiveMedia> _unsent = new();
    private int _cancelled = int.MinValue;

    /// <summary>The session, which hears of media that is left out as if it was sent: it paces itself by that.</summary>
    internal ILiveModelSession? Session { get; set; }

    public void Send(LiveSessionResponse message)
    {
        if (side.Answers is { } gate)
        {
            SendChecked(gate, message);
            return;
        }
        if (side.FromModel(message) is { } left)
            inner.Send(left);
    }

    public void Send(WireMessage message)
    {
        if (side.Answers is { } gate && !gate.MayPass(AnswerKind.Other, hasTexts: false))
            gate.Add(new ActionItem(AnswerKind.Other, () => inner.Send(message)));
        else
            inner.Send(message);
    }

    public void SendMedia(in LiveMedia media)
    {
        if (side.Answers is { } gate)
            SendChecked(gate, media);
        else
            Forward(media);
    }

    public void CancelMedia(int generation)
    {
        lock (_gate)
        {
            _cancelled = Math.Max(_cancelled, generation);
            while (_unsent.TryPeek(out var media) && media.Generation <= generation)
                _unsent.Dequeue();
        }
        side.Answers?.Interrupted(generation);
        inner.CancelMedia(generation);
    }

    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        if (side.Answers is { } gate)
            await gate.WaitForRoomAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        await inner.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Checkpoint(object? state)
    {
        // A client that resumed from it would take a text that still waits for received.
        if (state is null || side.Input is not { IsBusy: true })
            inner.Checkpoint(state);
    }

    public void Close(LiveClose close)
    {
        if (side.Answers is { } gate && !gate.MayPass(AnswerKind.Other, hasTexts: false))
            gate.Add(new ActionItem(AnswerKind.Close, () => inner.Close(close)));
        else
            inner.Close(close);
    }

    /// <summary>A chunk was written to the socket.</summary>
    internal void Sent(in LiveMedia media)
    {
        lock (_gate)
        {
            while (_unsent.TryPeek(out var first) && first.Sequence <= media.Sequence)
                _unsent.Dequeue();
        }
    }

    /// <summary>Takes back what the client does not have yet, and tells it to play nothing more.</summary>
    internal void Interrupt()
    {
        List<LiveMedia> unsent;
        lock (_gate)
        {
            unsent = [.. _unsent];
            _unsent.Clear();
        }
        if (unsent.Count > 0)
            inner.CancelMedia(unsent[^1].Generation);
        inner.Send(new LiveSessionResponse { ServerContent = new ServerContent { Interrupted = true } });
        Report(unsent);
        side.Answers?.Wake();
    }

    /// <summary>Sends a message of the server.</summary>
    internal void Show(LiveSessionResponse message) => inner.Send(message);

    private void SendChecked(AnswerGate gate, LiveSessionResponse message)
    {
        var content = message.ServerContent;
        var texts = MessageTexts.Of(message, side.Checks.ReadsUser, side.Checks.ReadsModel);
        if (content?.Interrupted is true)
        {
            gate.Interrupted();
            Release(message, default);
            return;
        }
        var kind = content?.TurnComplete is true ? AnswerKind.End : content?.OutputTranscription is not null || content?.ModelTurn is not null ? AnswerKind.Text : AnswerKind.Other;
        if (gate.MayPass(kind, texts.Count > 0))
            Release(message, default);
        else
            gate.Add(new MessageItem(this, message) { Kind = kind, Texts = texts });
    }

    private void SendChecked(AnswerGate gate, in LiveMedia media)
    {
        var isAudio = !media.Pcm.IsEmpty;
        IReadOnlyList<CallText> texts = side.Checks.ReadsModel && media.Text is { Length: > 0 } text ? [new CallText(isAudio ? TextPlace.OutputTranscription : TextPlace.ModelTurn, text)] : [];
        if (isAudio && texts.Count > 0 && side.Checks.Holder is null)
        {
            Add(gate, media with { Text = null }, []);
            gate.Add(new TranscriptItem(this, media.Text!, media.Generation) { Kind = AnswerKind.Text, Texts = texts, Generation = media.Generation });
            return;
        }
        Add(gate, media, texts);
    }

    private void Add(AnswerGate gate, in LiveMedia media, IReadOnlyList<CallText> texts)
    {
        var kind = media.Pcm.IsEmpty ? AnswerKind.Text : AnswerKind.Audio;
        if (gate.MayPass(kind, texts.Count > 0))
            Forward(media);
        else
            gate.Add(new MediaItem(this, media) { Kind = kind, Texts = texts, Generation = media.Generation, Bytes = media.Pcm.Length });
    }

    private void Release(LiveSessionResponse message, AnswerVerdict verdict)
    {
        if (verdict.Edits is { } edits)
            message = MessageTexts.Apply(message, edits);
        var passed = verdict.User.IsBlocked ? CallSide.WithoutInput(message) : message;
        if (passed is not null && side.Hide(side.FromModel(passed)) is { } left)
            inner.Send(left);
        side.ShowRefusal();
    }

    private void Forward(in LiveMedia media)
    {
        if (!side.Output())
        {
            Report([media]);
            return;
        }
        side.Texts.Say(side.Call, isUser: false, media.Text, isSpoken: !media.Pcm.IsEmpty);
        var shown = side.ShowsOutputTexts || media.Pcm.IsEmpty ? media : media with { Text = null };
        lock (_gate)
            _unsent.Enqueue(shown);
        inner.SendMedia(shown);
    }

    private void ForwardTranscript(string text, int generation)
    {
        if (IsCancelled(generation))
            return;
        if (side.FromModel(new LiveSessionResponse { ServerContent = new ServerContent { OutputTranscription = new Transcription { Text = text } } }) is { } left && side.Hide(left) is { } shown)
            inner.Send(shown);
    }

    private bool IsCancelled(int generation)
    {
        lock (_gate)
            return generation <= _cancelled;
    }

    // The client may be behind with what was released before.
    private ValueTask ReadyAsync() => inner.WaitForRoomAsync(side.Ended);

    // Not on this thread: the model may hold a lock.
    private void Report(List<LiveMedia> media)
    {
        if (Session is not { } session)
            return;
        _ = Task.Run(() =>
        {
            foreach (var one in media)
                session.MediaSent(one);
        });
    }

    private sealed class MessageItem(CallOutput output, LiveSessionResponse message) : AnswerItem
    {
        internal override ValueTask ReleaseAsync(AnswerVerdict verdict)
        {
            output.Release(message, verdict);
            return default;
        }
    }

    private sealed class MediaItem(CallOutput output, LiveMedia media) : AnswerItem
    {
        internal override async ValueTask ReleaseAsync(AnswerVerdict verdict)
        {
            await output.ReadyAsync().ConfigureAwait(false);
            if (!output.IsCancelled(media.Generation))
                output.Forward(verdict.Edits is [var edit] ? media with { Text = edit.Text } : media);
        }
    }

    private sealed class TranscriptItem(CallOutput output, string text, int generation) : AnswerItem
    {
        internal override ValueTask ReleaseAsync(AnswerVerdict verdict)
        {
            output.ForwardTranscript(verdict.Edits is [var edit] ? edit.Text : text, generation);
            return default;
        }
    }
}

/// <summary>Something that happens in the order of the messages of the model.</summary>
internal sealed class ActionItem : AnswerItem
{
    private readonly Action _action;

    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    internal ActionItem(AnswerKind kind, Action action) => (Kind, _action) = (kind, action);

    internal override ValueTask ReleaseAsync(AnswerVerdict verdict)
    {
        _action();
        return default;
    }
}
