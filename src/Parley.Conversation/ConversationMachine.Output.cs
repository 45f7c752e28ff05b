using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>The model's side: what the brain and the voice report, and how a turn ends.</summary>
public sealed partial class ConversationMachine
{
    // Calls the model waits for. They enter the history together with their answers, so that a cancelled call never stands in it.
    private List<Part>? _heldCalls;

    /// <summary>A piece of the answer is ready.</summary>
    /// <param name="generation">The generation it was made for; one that is not running any more is ignored.</param>
    /// <param name="pcm">24 kHz PCM16; empty for a text answer.</param>
    /// <param name="text">The words in it.</param>
    /// <param name="now">Time since the session began.</param>
    public void Said(int generation, ReadOnlyMemory<byte> pcm, string? text, TimeSpan now)
    {
        if (_closed || !_output.IsCurrent(generation))
            return;
        var sequence = _output.Add(pcm, text);
        _output.Plays(pcm.Length, now);
        var shown = pcm.IsEmpty || _options.Setup.OutputAudioTranscription is not null ? text : null;
        _effects.SendMedia(generation, sequence, pcm, shown);
    }

    /// <summary>The brain thought something; it is shown only to clients that asked for thoughts, and never spoken.</summary>
    public void Thought(int generation, string text)
    {
        if (_closed || !_output.IsCurrent(generation))
            return;
        _output.ThoughtCharacters += text.Length;
        if (_options.Setup.GenerationConfig?.ThinkingConfig?.IncludeThoughts is true)
            Send(new ServerContent { ModelTurn = new Content { Role = "model", Parts = [new Part { Text = text, Thought = true }] } });
    }

    /// <summary>The brain asks for functions to be called, behind everything it said.</summary>
    public void Called(int generation, IReadOnlyList<FunctionCall> calls)
    {
        if (_closed || !_output.IsCurrent(generation))
            return;
        var waits = false;
        var issued = new List<FunctionCall>(calls.Count);
        foreach (var call in calls)
        {
            if (_tools.Open(call, _functions, out var blocking) is not { } open)
            {
                Close("Too many function calls are open.", 1011);
                return;
            }
            issued.Add(open);
            waits |= blocking;
        }
        var (text, tokens) = _output.TakeText(sentOnly: false);
        AppendModelText(text, tokens);
        var parts = issued.ConvertAll(call => new Part { FunctionCall = call });
        if (waits)
            _heldCalls = parts;
        else
            _history.Append(new Content { Role = "model", Parts = parts });

        _effects.Send(new LiveSessionResponse { ToolCall = new ToolCall { FunctionCalls = issued } });
        if (!waits)
            EndGeneration(default);
        else if (_options.CompletesTurnAfterToolCall)
            CompleteTurn();
        else
            _output.AwaitTools();
    }

    /// <summary>The brain has said everything.</summary>
    public void Finished(int generation, TimeSpan now)
    {
        if (_closed || !_output.IsCurrent(generation))
            return;
        var (text, tokens) = _output.TakeText(sentOnly: false);
        AppendModelText(text, tokens);
        EndGeneration(now);
    }

    /// <summary>The brain or the voice failed; the session ends as the service ends it.</summary>
    public void Failed(int generation)
    {
        if (!_closed && _output.IsCurrent(generation))
            Close("Internal error encountered.", 1011);
    }

    /// <summary>A chunk was written to the socket.</summary>
    public void MediaSent(int generation, long sequence)
    {
        if (generation == _output.Generation)
            _output.Sent(sequence);
    }

    /// <summary>The time given to <see cref="IConversationEffects.SetPlaybackTimer"/> is over.</summary>
    public void PlaybackEnded(TimeSpan now)
    {
        if (_closed || _output.State != OutputState.Playing)
            return;
        if (_output.PlaybackLeft(now) is { Ticks: > 0 } left)
            _effects.SetPlaybackTimer(left);
        else
            CompleteTurn();
    }

    private void EndGeneration(TimeSpan now)
    {
        Send(new ServerContent { GenerationComplete = true });
        if (_options.DelaysTurnComplete && _output.PlaybackLeft(now) is { Ticks: > 0 } left)
        {
            _output.Play();
            _effects.SetPlaybackTimer(left);
        }
        else
        {
            CompleteTurn();
        }
    }

    private void CompleteTurn()
    {
        SendTurnComplete();
        _output.End();
        OfferCheckpoint();
        TryAnswer();
    }

    // Cuts what is being said, and cancels what is being waited for; nothing where the model is silent.
    private void Interrupt(TimeSpan now)
    {
        var state = _output.State;
        if (state == OutputState.Idle && !_tools.HasOpenBlocking)
            return;
        if (state == OutputState.Generating)
        {
            _effects.CancelGeneration(_output.Generation);
            var (text, tokens) = _output.TakeText(sentOnly: true);
            AppendModelText(text, tokens);
        }
        Send(new ServerContent { Interrupted = true });
        if (_tools.HasOpenBlocking)
            CancelBlockingCalls();
        if (state != OutputState.Idle)
            SendTurnComplete();
        _output.Interrupt(now);
        OfferCheckpoint();
    }

    private void CancelBlockingCalls()
    {
        var ids = _tools.CancelBlocking(out var all);
        var kept = (_heldCalls ?? []).Where(part => !all.Contains(part.FunctionCall!.Id!)).ToList();
        _heldCalls = null;
        if (kept.Count > 0)
            _history.Append(new Content { Role = "model", Parts = kept });
        if (ids.Count > 0)
            _effects.Send(new LiveSessionResponse { ToolCallCancellation = new ToolCallCancellation { Ids = ids } });
    }

    // Goes on with the turn once every blocking call is answered.
    private void ContinueWithAnswers()
    {
        if (_heldCalls is null || _tools.TakeBlockingAnswers() is not { } answers)
            return;
        _history.Append(new Content { Role = "model", Parts = _heldCalls });
        _history.Append(new Content { Role = "user", Parts = answers.ConvertAll(answer => new Part { FunctionResponse = answer }) });
        _heldCalls = null;
        if (_output.State == OutputState.AwaitingTools)
            StartGeneration();
        else
            _resultWantsAnswer = true;
    }

    // Starts the next answer where one is wanted and nothing stands in its way: the model is silent, no blocking call is open, and the
    // user has finished speaking and been understood.
    private void TryAnswer()
    {
        if (_closed || _output.State != OutputState.Idle || _tools.HasOpenBlocking || _floor.AwaitsRecognition)
            return;
        var wanted = _contentWantsAnswer;
        if (!_floor.IsSpeaking)
        {
            wanted |= _resultWantsAnswer || _floor.MustAnswer;
            if (_floor.WantsAnswer && TakeUserTurn())
                wanted = true;
        }
        if (wanted)
            StartGeneration();
    }

    private bool TakeUserTurn()
    {
        if (_floor.Take() is not { } turn)
            return false;
        _history.Append(turn.Content, turn.Tokens);
        return true;
    }

    private void StartGeneration()
    {
        _contentWantsAnswer = false;
        _resultWantsAnswer = false;
        if (!FitContext())
            return;
        WithdrawCheckpoint();
        var generation = _output.Begin(Context());
        _effects.StartGeneration(new GenerationRequest(generation, _history.Take(), InstructionText(), _functions));
    }

    private bool FitContext()
    {
        if (_options.Setup.ContextWindowCompression is { } compression)
        {
            // Only before a turn: between a call and its answer there is nothing to cut at.
            if (_output.State != OutputState.Idle)
                return true;
            var trigger = compression.TriggerTokens is > 0 and var given ? given : _options.ContextWindowTokens * 4L / 5;
            var target = compression.SlidingWindow?.TargetTokens is > 0 and var kept ? kept : trigger / 2;
            if (Context().Total >= trigger)
                _history.CutTo(target - InstructionTokens().Total);
            return true;
        }
        if (Context().Total < _options.ContextWindowTokens)
            return true;
        Close(InvalidArgument);
        return false;
    }

    private void SendTurnComplete()
    {
        var content = new ServerContent { TurnComplete = true };
        if (_options.ReportsInteractionStatus)
            content.InteractionStatus = _tools.HasOpen ? InteractionStatus.InProgress : InteractionStatus.Idle;
        _effects.Send(new LiveSessionResponse { ServerContent = content, UsageMetadata = Usage() });
    }

    private UsageMetadata Usage()
    {
        var prompt = _output.Prompt;
        var response = TokenCounts.OfAudio(_output.AudioBytes / sizeof(short), AudioFormat.OutputRateHz) + TokenCounts.OfCharacters(_output.TextCharacters);
        var thoughts = TokenCounts.OfCharacters(_output.ThoughtCharacters).Total;
        return new UsageMetadata
        {
            PromptTokenCount = prompt.Total,
            PromptTokensDetails = prompt.Details(),
            ResponseTokenCount = response.Total,
            ResponseTokensDetails = response.Details(),
            ThoughtsTokenCount = thoughts == 0 ? null : thoughts,
            TotalTokenCount = prompt.Total + response.Total + thoughts,
        };
    }

    private void AppendModelText(string text, TokenCounts tokens)
    {
        if (text.Length > 0)
            _history.Append(new Content { Role = "model", Parts = [new Part { Text = text }] }, tokens);
    }

    private void OfferCheckpoint()
    {
        if (_closed || _output.State != OutputState.Idle || _tools.HasOpen)
            return;
        _resumable = true;
        _effects.Checkpoint(new ConversationState(_history.Take(), _tools.Issued, _historySeeded));
    }

    private void WithdrawCheckpoint()
    {
        if (!_resumable)
            return;
        _resumable = false;
        _effects.Checkpoint(null);
    }

    private void Send(ServerContent content) => _effects.Send(new LiveSessionResponse { ServerContent = content });

    private TokenCounts Context() => _history.Tokens + InstructionTokens();

    private TokenCounts InstructionTokens() => _systemInstruction is { } instruction ? TokenCounts.Of(instruction) : default;

    private string? InstructionText() => _systemInstruction?.Parts is { } parts
        ? string.Join("\n\n", parts.Where(part => part.Text is not null).Select(part => part.Text))
        : null;
}
