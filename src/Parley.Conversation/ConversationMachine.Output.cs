using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>Output: events of the chat model and of speech synthesis, and the end of a turn.</summary>
public sealed partial class ConversationMachine
{
    // Blocking calls. They enter the history together with their responses, so that a cancelled call never appears in it.
    private List<Part> _blockingCalls = [];

    // Non-blocking calls of the running turn; they enter the history after the text that precedes them.
    private List<Part> _otherCalls = [];

    // Results of non-blocking calls that arrived during a turn; they enter the history after it.
    private readonly List<(FunctionCall Call, FunctionResponse Result)> _results = [];

    private bool _inProgress;
    private bool _isFailed;
    private (int Version, bool Seeded) _offered = (-1, false);

    /// <summary>A piece of the answer is ready.</summary>
    /// <param name="generation">The generation it belongs to; ignored if that is not running any more.</param>
    /// <param name="pcm">24 kHz PCM16; empty for a text answer.</param>
    /// <param name="text">The words in it.</param>
    /// <param name="now">Time since the session began.</param>
    public void Said(int generation, ReadOnlyMemory<byte> pcm, string? text, TimeSpan now)
    {
        if (_closed || !_output.IsCurrent(generation) || (pcm.IsEmpty && string.IsNullOrEmpty(text)))
            return;
        var shown = _answersInText || _options.Setup.OutputAudioTranscription is not null ? text : null;
        if (pcm.IsEmpty && !_answersInText)
        {
            // Text without audio, such as an emoji, is not a text answer: it belongs to the audio before it.
            _output.AddSilent(text!);
            if (shown is not null)
                Send(new ServerContent { OutputTranscription = new Transcription { Text = shown } });
            return;
        }
        var sequence = _output.Add(pcm, text);
        _output.Plays(pcm.Length, now);
        _effects.SendMedia(generation, sequence, pcm, shown);
    }

    /// <summary>The chat model produced a thought; sent only to clients that asked for thoughts, and never spoken.</summary>
    public void Thought(int generation, string text)
    {
        if (_closed || !_output.IsCurrent(generation))
            return;
        _output.ThoughtCharacters += text.Length;
        if (_options.Setup.GenerationConfig?.ThinkingConfig?.IncludeThoughts is true)
            Send(new ServerContent { ModelTurn = new Content { Role = "model", Parts = [new Part { Text = text, Thought = true }] } });
    }

    /// <summary>The chat model calls functions, after all its text; the generation has no further output.</summary>
    /// <param name="generation">The generation it belongs to; ignored if that is not running any more.</param>
    /// <param name="calls">The calls; ids are assigned here.</param>
    /// <param name="now">Time since the session began.</param>
    public void Called(int generation, IReadOnlyList<FunctionCall> calls, TimeSpan now)
    {
        if (_closed || !_output.IsCurrent(generation))
            return;
        if (calls.Count == 0)
        {
            EndGeneration(now);
            return;
        }
        var issued = new List<FunctionCall>(calls.Count);
        foreach (var call in calls)
        {
            if (_tools.Open(call, _functions, out var blocking) is not { } open)
            {
                Close("Too many function calls are open.", 1011);
                return;
            }
            issued.Add(open);
            (blocking ? _blockingCalls : _otherCalls).Add(new Part { FunctionCall = open });
        }
        _effects.Send(new LiveSessionResponse { ToolCall = new ToolCall { FunctionCalls = issued } });
        if (_blockingCalls.Count == 0)
            EndGeneration(now);
        else if (_options.CompletesTurnAfterToolCall)
            CompleteTurn();
        else
            _output.AwaitTools();
    }

    /// <summary>The chat model has finished its output.</summary>
    public void Finished(int generation, TimeSpan now)
    {
        if (!_closed && _output.IsCurrent(generation))
            EndGeneration(now);
    }

    /// <summary>
    /// The chat model failed, whatever was said instead: the turn ends without <c>generationComplete</c>, with the reason
    /// <c>GENERATED_OTHER</c>.
    /// </summary>
    /// <param name="generation">The generation it belongs to; ignored if that is not running any more.</param>
    /// <param name="now">Time since the session began.</param>
    public void Failed(int generation, TimeSpan now)
    {
        if (_closed || !_output.IsCurrent(generation))
            return;
        _isFailed = true;
        EndGeneration(now);
    }

    /// <summary>A chunk was written to the socket: a client that plays in real time plays it after those sent before.</summary>
    /// <param name="generation">The generation it belongs to.</param>
    /// <param name="sequence">Its number.</param>
    /// <param name="now">Time since the session began.</param>
    public void MediaSent(int generation, long sequence, TimeSpan now)
    {
        if (generation == _output.Generation)
            _output.Sent(sequence, now);
        else
            _output.SentLate(sequence);
    }

    /// <summary>
    /// The client reports what its user has heard. From the first report on, reports decide instead of the clock what an interrupted
    /// answer leaves in the history, and <c>turnComplete</c> waits for the end of playback.
    /// </summary>
    /// <param name="position">Length of the audio that was played or dropped, of all that was sent in this session.</param>
    public void MediaPlayed(TimeSpan position) =>
        _output.Played((long)Math.Round(position.TotalSeconds * AudioFormat.OutputRateHz) * sizeof(short));

    /// <summary>The time given to <see cref="IConversationEffects.SetPlaybackTimer"/> has passed.</summary>
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
        if (!_isFailed)
            Send(new ServerContent { GenerationComplete = true });
        if ((_options.DelaysTurnComplete || _output.IsReported) && _output.PlaybackLeft(now) is { Ticks: > 0 } left)
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
        AppendTurn();
        AppendResults();
        _output.End();
        OfferCheckpoint();
        // The client has just seen the end of a turn: noise during the answer gets no turn of its own.
        TryAnswer(endsEmptyTurn: false);
    }

    // Interrupts the output and cancels blocking calls. If the model is idle, it stops a client that still plays.
    private void Interrupt(TimeSpan now)
    {
        var running = _output.State != OutputState.Idle;
        if (!running && !_tools.HasOpenBlocking)
        {
            InterruptPlayback(now);
            return;
        }
        if (running)
        {
            // Also if the generation is complete: chunks not sent yet would only delay the client.
            _effects.CancelGeneration(_output.Generation);
            AppendTurn(heardAt: now);
        }
        Send(new ServerContent { Interrupted = true });
        if (_tools.HasOpenBlocking)
            CancelBlockingCalls();
        if (running)
            SendTurnComplete();
        AppendResults();
        _output.Interrupt(now);
        OfferCheckpoint();
    }

    // The turn is complete: its history stays as it is, and no second turnComplete follows.
    private void InterruptPlayback(TimeSpan now)
    {
        if (!_options.InterruptsPlayback || _output.PlaybackLeft(now) <= TimeSpan.Zero)
            return;
        _effects.CancelGeneration(_output.Generation);
        Send(new ServerContent { Interrupted = true });
        _output.Interrupt(now);
    }

    private void SendTurnComplete() => _effects.Send(new LiveSessionResponse { ServerContent = TurnComplete(), UsageMetadata = Usage() });

    private ServerContent TurnComplete()
    {
        var content = new ServerContent { TurnComplete = true, TurnCompleteReason = _isFailed ? TurnCompleteReason.GeneratedOther : null };
        _isFailed = false;
        if (_options.ReportsInteractionStatus)
        {
            _inProgress = _tools.HasOpen || _resultWantsAnswer;
            content.InteractionStatus = _inProgress ? InteractionStatus.InProgress : InteractionStatus.Idle;
        }
        return content;
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

    // All of the turn, or the part that a client playing in real time has played by then.
    private void AppendTurn(TimeSpan? heardAt = null)
    {
        var (text, tokens) = _output.TakeText(heardAt);
        if (text.Length > 0)
            _history.Append(new Content { Role = "model", Parts = [new Part { Text = text }] }, tokens);
        if (_otherCalls.Count == 0)
            return;
        _history.Append(new Content { Role = "model", Parts = _otherCalls });
        _otherCalls = [];
    }

    private void OfferCheckpoint()
    {
        if (_closed || _output.State != OutputState.Idle || _tools.HasOpen || (_resumable && _offered == (_history.Version, _historySeeded)))
            return;
        _resumable = true;
        _offered = (_history.Version, _historySeeded);
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
