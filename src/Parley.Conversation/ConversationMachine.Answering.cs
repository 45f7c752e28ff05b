using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>When an answer starts, and how a user turn ends that has none.</summary>
public sealed partial class ConversationMachine
{
    /// <summary>
    /// The request to the chat model that would follow if the open utterance ended now with these words; null if no answer would start.
    /// Changes nothing, so that an answer can be prepared while it is not certain that the user has finished.
    /// </summary>
    /// <param name="utterance">The number of the open utterance.</param>
    /// <param name="text">The words.</param>
    public GenerationRequest? Foresee(int utterance, string text) =>
        !_closed && _output.State == OutputState.Idle && !_tools.HasOpenBlocking && !string.IsNullOrWhiteSpace(text)
        && _floor.Foresee(utterance, text) is { } turn
            ? new GenerationRequest(_output.Generation + 1, new ForeseenHistory(_history.Take(), turn), InstructionText(), _functions)
            : null;

    // After an event: starts an answer if one is due, otherwise reports IDLE and offers a checkpoint.
    private void Settle()
    {
        TryAnswer();
        if (_closed || _output.State != OutputState.Idle)
            return;
        if (_inProgress && !_tools.HasOpen && !_resultWantsAnswer)
        {
            _inProgress = false;
            Send(new ServerContent { InteractionStatus = InteractionStatus.Idle });
        }
        OfferCheckpoint();
    }

    // Starts the next answer if one is wanted and nothing prevents it: the model is idle, no blocking call is open, and the user's speech
    // has ended and been recognized. A user turn in which nothing was said ends here, without an answer.
    private void TryAnswer(bool endsEmptyTurn = true)
    {
        if (_closed || _output.State != OutputState.Idle || _tools.HasOpenBlocking || _floor.AwaitsRecognition)
            return;
        // Content is answered even while the user speaks: its order is defined, that of speech is not.
        var wanted = _contentWantsAnswer || _resultTalksOverUser;
        var lost = false;
        var ended = false;
        if (!_floor.IsSpeaking)
        {
            wanted |= _resultWantsAnswer || _floor.MustAnswer;
            lost = _floor.WantsAnswer && _floor.LostSpeech && !wanted;
            ended = _floor.TakeEnd();
            if ((wanted || _floor.WantsAnswer) && TakeUserTurn(framesAlone: wanted || (_manualActivity && !lost)))
                wanted = true;
        }
        if (wanted || lost)
            StartGeneration(lost && !wanted);
        else if (ended && endsEmptyTurn)
            SendEmptyTurn();
    }

    // A client that waits for an answer learns that there is none. No tokens were used.
    private void SendEmptyTurn() =>
        _effects.Send(new LiveSessionResponse { ServerContent = TurnComplete() with { TurnCompleteReason = TurnCompleteReason.NeedMoreInput } });

    // A stream in which no speech was found ends like an utterance in which nothing was said.
    private void EndStream()
    {
        var silent = !_streamHadTurn && _floor.Position > _streamFrom;
        (_streamHadTurn, _streamFrom) = (_floor.IsSpeaking, _floor.Position);
        if (silent && _output.State == OutputState.Idle && !_tools.HasOpenBlocking && !_floor.AwaitsRecognition)
            SendEmptyTurn();
    }

    // Noise is not answered just because there is video; a marked activity without words is.
    private bool TakeUserTurn(bool framesAlone)
    {
        if (_floor.Take(framesAlone) is not { } turn)
            return false;
        _history.Append(turn.Content, turn.Tokens);
        return true;
    }

    private void StartGeneration(bool speechWasLost = false)
    {
        _contentWantsAnswer = false;
        _resultWantsAnswer = false;
        _resultTalksOverUser = false;
        _streamHadTurn = true;
        if (!FitContext())
            return;
        WithdrawCheckpoint();
        var generation = _output.Begin(Context());
        _effects.StartGeneration(new GenerationRequest(generation, _history.Take(), InstructionText(), _functions) { SpeechWasLost = speechWasLost });
    }

    private bool FitContext()
    {
        if (_options.Setup.ContextWindowCompression is { } compression)
        {
            // Only before a turn: a call and its response must stay together.
            if (_output.State != OutputState.Idle)
                return true;
            var window = _options.ContextWindowTokens;
            var trigger = compression.TriggerTokens is > 0 and var given ? Math.Min(given, window) : window * 4L / 5;
            var target = compression.SlidingWindow?.TargetTokens is > 0 and var kept ? kept : trigger / 2;
            if (Context().Total >= trigger)
                _history.CutTo(target - InstructionTokens().Total);
        }
        // The context is full; with compression only if a single turn exceeds the window.
        if (Context().Total < _options.ContextWindowTokens)
            return true;
        Close(InvalidArgument);
        return false;
    }
}
