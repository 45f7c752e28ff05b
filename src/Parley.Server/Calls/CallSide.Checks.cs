using System.Text.Json;
using Parley.Protocol;

namespace Parley.Server.Calls;

/// <summary>
/// What follows from the checks of a call. An answer that a check has stopped is suppressed up to its end: nothing of it reaches the client, and its function calls
/// are refused.
/// </summary>
#pragma warning disable CA1001 // See the other part.
internal sealed partial class CallSide
#pragma warning restore CA1001
{
    private static readonly JsonElement Refused = JsonElement.Parse("""{"error":"Blocked by the server."}"""u8);

    private bool _isSuppressed, _isSuppressedForUser, _outlivesInterruption, _hidesInput, _hidesOutput, _answersInText, _isTypedPending;
    private volatile bool _isEnding;
    private string? _waitingRefusal;

    internal CallChecks Checks { get; }

    /// <summary>The session has ended, or a check has ended it: nothing more reaches the model.</summary>
    internal bool IsEnding => _isEnding || Ended.IsCancellationRequested;

    /// <summary>Where what the user types waits; null if no check reads it.</summary>
    internal InputGate? Input { get; private set; }

    /// <summary>Where the messages of the model wait; null without checks.</summary>
    internal AnswerGate? Answers { get; private set; }

    /// <summary>The setup with what the server adds: functions, instructions, and the transcription that checks need.</summary>
    internal Setup Prepare(Setup setup)
    {
        var result = Additions.ApplyTo(setup);
        if (Checks.IsEmpty)
            return result;
        _events?.ChecksTyped = Checks.ReadsUser;
        Input = Checks.ReadsUser ? new InputGate(this) : null;
        Answers = new AnswerGate(this, _services.Time);
        _answersInText = setup.GenerationConfig?.ResponseModalities?.Contains(Modality.Text) is true;
        _hidesInput = Checks.ReadsUser && setup.InputAudioTranscription is null;
        _hidesOutput = Checks.ReadsModel && setup.OutputAudioTranscription is null && !_answersInText;
        if (_hidesInput)
            result = result with { InputAudioTranscription = new AudioTranscriptionConfig() };
        if (_hidesOutput)
            result = result with { OutputAudioTranscription = new AudioTranscriptionConfig() };
        return result;
    }

    /// <summary>Whether the client gets transcripts of audio of the model.</summary>
    internal bool ShowsOutputTexts => !_hidesOutput;

    /// <summary>What the client gets of a message: without transcripts that only the checks asked for, and without what the user has not finished saying.</summary>
    internal LiveSessionResponse? Hide(LiveSessionResponse? message)
    {
        if (message?.ServerContent is not { } content)
            return message;
        var left = content;
        if (left.InputTranscription is not null && _hidesInput)
            left = left with { InputTranscription = null };
        if (left.InterimInputTranscription is not null && Checks.ReadsUser)
            left = left with { InterimInputTranscription = null };
        if (left.OutputTranscription is not null && _hidesOutput)
            left = left with { OutputTranscription = null };
        return ReferenceEquals(left, content) ? message : With(message, left);
    }

    /// <summary>A message without what the user has said; null if nothing is left of it.</summary>
    internal static LiveSessionResponse? WithoutInput(LiveSessionResponse message) => With(message, message.ServerContent! with { InputTranscription = null });

    /// <summary>A check has stopped what the user said, or what the model answers.</summary>
    internal void Suppress(CheckResult result, bool isUser)
    {
        Action? interrupt = null;
        bool hasOutput, isFirst;
        lock (_gate)
        {
            if (_isOver)
                return;
            hasOutput = _inTurn && !_isCut;
            isFirst = !_isSuppressed;
            _isSuppressed = true;
            _isSuppressedForUser |= isUser;
            Volatile.Write(ref _isCut, true);
            if (hasOutput)
                interrupt = _interrupt;
        }
        interrupt?.Invoke();
        if (result.Verdict!.Kind == LiveVerdict.Ended)
            EndBy(result.Verdict);
        else if (!hasOutput && isFirst && result.By!.Refusal.Length > 0)
            _show?.Invoke(Refusal(result.By.Refusal));
    }

    /// <summary>A check has stopped what the user typed: the client gets an answer of the server, after the one of the model that it waits for.</summary>
    internal void Refuse(CheckResult result, bool asksForAnswer)
    {
        if (result.Verdict!.Kind == LiveVerdict.Ended)
        {
            EndBy(result.Verdict);
            return;
        }
        if (!asksForAnswer)
            return;
        lock (_gate)
            _waitingRefusal = result.By!.Refusal;
        ShowRefusal();
    }

    /// <summary>Sends the answer to what was typed and blocked, unless the model answers or has to.</summary>
    internal void ShowRefusal()
    {
        if (Volatile.Read(ref _waitingRefusal) is null)
            return;
        string? refusal;
        lock (_gate)
        {
            if (_isOver || _inTurn || _isTypedPending || _isAnswerPending || _show is null)
                return;
            (refusal, _waitingRefusal) = (_waitingRefusal, null);
        }
        if (refusal is not null)
            _show(EndOfTurn(refusal));
    }

    /// <summary>A message of the model could not be read, so that no check can see its texts.</summary>
    internal void NotPassed() => Log.NotPassed(_services.Logger, Start.SessionId);

    /// <summary>Runs work of a gate, and maps its failures to the end of the session.</summary>
    internal async ValueTask GuardAsync(Func<ValueTask> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (LiveCloseException e)
        {
            _close(e.Close);
        }
        catch (LiveProtocolException e)
        {
            _close(new LiveClose(1007, e.Message));
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException or IOException or System.Net.WebSockets.WebSocketException)
        {
            // The session has ended, or the text was taken back.
        }
        catch (Exception e)
        {
            Log.CheckHandlingFailed(_services.Logger, Start.SessionId, e);
            _close(LiveClose.Internal);
        }
    }

    /// <summary>A typed message that asks for an answer reaches the model.</summary>
    internal void Asked()
    {
        lock (_gate)
            _isTypedPending = true;
    }

    /// <summary>What the user typed has passed.</summary>
    internal void Typed(LiveSessionRequest message) => _events?.Typed(message);

    private void EndBy(LiveVerdict verdict)
    {
        _isEnding = true;
        Close(new LiveClose(verdict.Code, verdict.Text));
    }

    // With the lock held. An interruption may be by what was blocked: then the next answer is suppressed too.
    private bool SuppressionEnds(ServerContent content)
    {
        if (!_isSuppressed)
            return true;
        if (content is { Interrupted: true } && _isSuppressedForUser)
        {
            _outlivesInterruption = content.TurnComplete is not true;
            return false;
        }
        if (_outlivesInterruption)
        {
            _outlivesInterruption = false;
            return false;
        }
        _isSuppressed = _isSuppressedForUser = false;
        return true;
    }

    // The model gets an answer to each call, or it would wait.
    private bool RefusesCalls(IReadOnlyList<FunctionCall> calls)
    {
        lock (_gate)
        {
            if (!_isSuppressed)
                return false;
        }
        List<FunctionResponse> responses = [.. calls.Select(static call => new FunctionResponse { Id = call.Id, Name = call.Name, Response = Refused })];
        // Not on this thread: the model may hold a lock.
        _ = Task.Run(() => SendNowAsync(new LiveSessionRequest { ToolResponse = new ToolResponse { FunctionResponses = responses } }));
        return true;
    }

    private static LiveSessionResponse? With(LiveSessionResponse message, ServerContent content)
    {
        var result = message with { ServerContent = content == new ServerContent() ? null : content };
        return IsEmpty(result) ? null : result;
    }

    private LiveSessionResponse Refusal(string text) => new()
    {
        ServerContent = _answersInText || _hidesOutput || Start.Setup.OutputAudioTranscription is null
            ? new ServerContent { ModelTurn = new Content { Role = "model", Parts = [new Part { Text = text }] } }
            : new ServerContent { OutputTranscription = new Transcription { Text = text } },
    };

    private LiveSessionResponse EndOfTurn(string refusal)
    {
        var message = refusal.Length > 0 ? Refusal(refusal) : new LiveSessionResponse { ServerContent = new ServerContent() };
        message.ServerContent = message.ServerContent! with { GenerationComplete = true, TurnComplete = true, TurnCompleteReason = TurnCompleteReason.ProhibitedInputContent };
        return message;
    }
}
