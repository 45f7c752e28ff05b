using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>
/// Turn-taking of one live session as a state machine without I/O. Each method is one event, with the time as an argument; effects go
/// to <see cref="IConversationEffects"/>. It has no socket, thread or clock. Not thread-safe.
/// <code>
/// user    silent -> speaking -> silent            (Floor: activity, utterances, video frames, the pending turn)
/// model   idle -> generating -> idle              (OutputTurn: one turn, one or more generations)
///                 generating -> awaiting tools -> generating
///                 generating -> playing -> idle   (only if turnComplete is delayed)
///         any    -> interrupted -> idle
/// </code>
/// Rules: docs/protocol.md, sections 6 to 9; explained in docs/conversation.md.
/// </summary>
public sealed partial class ConversationMachine
{
    private const string InvalidArgument = "Request contains an invalid argument.";

    private readonly ConversationOptions _options;
    private readonly IConversationEffects _effects;
    private readonly Floor _floor;
    private readonly OutputTurn _output = new();
    private readonly OpenCalls _tools;
    private readonly History _history;
    private readonly bool _manualActivity;
    private readonly bool _activityInterrupts;
    private readonly bool _answersInText;
    private readonly bool _isResumed;

    private Content? _systemInstruction;
    private List<FunctionDeclaration> _functions;
    private bool _historySeeded;
    private bool _contentWantsAnswer;
    private bool _resultWantsAnswer;
    private bool _resultTalksOverUser;
    private bool _streamHadTurn;
    private long _streamFrom;
    private bool _dropsFrames;
    private bool _resumable;
    private bool _closed;

    /// <summary>Creates a conversation, new or resumed.</summary>
    public ConversationMachine(ConversationOptions options, IConversationEffects effects, ConversationState? resumeFrom = null)
    {
        _options = options;
        _effects = effects;
        var setup = options.Setup;
        var input = setup.RealtimeInputConfig;
        _manualActivity = input?.AutomaticActivityDetection?.Disabled is true;
        _activityInterrupts = input?.ActivityHandling != ActivityHandling.NoInterruption;
        _answersInText = setup.GenerationConfig?.ResponseModalities is [var modality, ..] && modality == Modality.Text;
        var coverage = input?.TurnCoverage is { } given && given != TurnCoverage.Unspecified ? given : options.DefaultTurnCoverage;

        _floor = new Floor(coverage, options.MaxFramesPerTurn);
        _tools = new OpenCalls(options, resumeFrom?.CallsIssued ?? 0);
        _isResumed = resumeFrom is not null;
        _history = new History(options.MaxHistoryMediaBytes);
        _systemInstruction = setup.SystemInstruction;
        _functions = FunctionsOf(setup.Tools);
        if (resumeFrom is not null)
        {
            _history.Restore(resumeFrom.Entries);
            _historySeeded = resumeFrom.HistorySeeded;
        }
    }

    /// <summary>The user is speaking.</summary>
    public bool IsUserSpeaking => _floor.IsSpeaking;

    /// <summary>The model is answering, or its turn waits for a tool.</summary>
    public bool IsAnswering => _output.State != OutputState.Idle;

    /// <summary>The client marks activity; do not run a detector.</summary>
    public bool HasManualActivity => _manualActivity;

    /// <summary>Answers are text, not speech.</summary>
    public bool AnswersInText => _answersInText;

    /// <summary>Functions that may be called now.</summary>
    public IReadOnlyList<FunctionDeclaration> Functions => _functions;

    /// <summary>Samples of 16 kHz audio that arrived.</summary>
    public long AudioPosition => _floor.Position;

    /// <summary>Tokens in the context now.</summary>
    public int ContextTokens => Context().Total;

    /// <summary>The session is ready; offers the first checkpoint.</summary>
    public void Started() => OfferCheckpoint();

    /// <summary>Starts an answer that nobody asked for, as soon as the model is idle: the model speaks first, or while the user speaks.</summary>
    public void StartAnswer()
    {
        if (_closed)
            return;
        _contentWantsAnswer = true;
        Settle();
    }

    /// <summary>Microphone audio arrived.</summary>
    /// <param name="samples">Its length at 16 kHz.</param>
    public void AudioArrived(int samples)
    {
        if (!_closed)
            _floor.Audio(samples);
    }

    /// <summary>The detector reports the start of speech.</summary>
    /// <param name="atSample">Its first sample, look-back included.</param>
    /// <param name="now">Time since the session began.</param>
    /// <param name="isBargeInPending">
    /// Whether this speech does not interrupt the answer yet: <see cref="ConfirmBargeIn"/> does later, or words that are
    /// <see cref="Recognized"/>.
    /// </param>
    public void SpeechStarted(long atSample, TimeSpan now, bool isBargeInPending = false)
    {
        if (_closed || _floor.IsSpeaking)
            return;
        StartActivity(atSample, now, isBargeInPending);
    }

    /// <summary>Interrupts the answer if a barge-in is pending; does nothing otherwise.</summary>
    /// <param name="now">Time since the session began.</param>
    public void ConfirmBargeIn(TimeSpan now)
    {
        if (_closed || !_floor.IsBargeInPending)
            return;
        _floor.ConfirmBargeIn();
        InterruptByInput(now);
    }

    /// <summary>The detector reports the end of speech, or the stream ended during speech.</summary>
    /// <param name="atSample">One past its last sample.</param>
    public void SpeechEnded(long atSample)
    {
        if (!_closed && _floor.IsSpeaking)
            EndActivity(atSample);
    }

    /// <summary>A client message other than audio or setup.</summary>
    /// <param name="message">The message.</param>
    /// <param name="now">Time since the session began.</param>
    public void Receive(LiveSessionRequest message, TimeSpan now)
    {
        if (_closed)
            return;
        if (message.ClientContent is { } content)
            OnClientContent(content, now);
        else if (message.RealtimeInput is { } input)
            OnRealtimeInput(input, now);
        else if (message.ToolResponse is { } response)
            OnToolResponse(response, now);
        else if (message.ContextUpdate is { } update)
            OnContextUpdate(update);
    }

    /// <summary>Interim transcript of an utterance; replaced by the next one, and ignored after <see cref="Recognized"/>.</summary>
    public void RecognizedInterim(int utterance, string text)
    {
        if (!_closed && _floor.Awaits(utterance) && _options.Setup.InputAudioTranscription is not null)
            _effects.Send(new LiveSessionResponse { ServerContent = new ServerContent { InterimInputTranscription = new Transcription { Text = text } } });
    }

    /// <summary>Transcript of an utterance; empty if nothing was recognized.</summary>
    /// <param name="utterance">Its number.</param>
    /// <param name="text">The words.</param>
    /// <param name="now">Time since the session began.</param>
    /// <param name="act">How the conversation treats the words.</param>
    public void Recognized(int utterance, string text, TimeSpan now, SpeechAct act = SpeechAct.Turn)
    {
        if (string.IsNullOrWhiteSpace(text))
            text = "";
        if (_closed || !_floor.Recognized(utterance, act == SpeechAct.BackChannel ? "" : text, act == SpeechAct.NotAddressed, out var interrupts))
            return;
        if (_options.Setup.InputAudioTranscription is not null && text.Length > 0)
            _effects.Send(new LiveSessionResponse { ServerContent = new ServerContent { InputTranscription = new Transcription { Text = text, Finished = true } } });
        if (interrupts)
            InterruptByInput(now);
        TryAnswer();
    }

    /// <summary>
    /// Recognition of an utterance failed. If the turn has no other words, an answer is started that asks the user to repeat
    /// (<see cref="GenerationRequest.SpeechWasLost"/>).
    /// </summary>
    /// <param name="utterance">Its number.</param>
    public void RecognitionFailed(int utterance)
    {
        if (!_closed && _floor.Lost(utterance))
            TryAnswer();
    }

    private void OnRealtimeInput(RealtimeInput input, TimeSpan now)
    {
        if (!_manualActivity && (input.ActivityStart ?? input.ActivityEnd) is not null)
        {
            Close("Explicit activity control is not supported when automatic activity detection is enabled.");
            return;
        }
        if (input.ActivityStart is not null && !_floor.IsSpeaking)
            StartActivity(_floor.Position, now, isBargeInPending: false);
        if (input.Video is { } image)
            TakeFrame(image, now);
        if (input.Text is { Length: > 0 } text)
        {
            // Text is activity (docs/protocol.md#7-voice-activity-detection-and-turn-coverage), but inside a marked activity it is part of
            // that one.
            if (!(_manualActivity && _floor.IsSpeaking))
                InterruptByInput(now);
            _floor.Text(text);
        }
        if (input.ActivityEnd is not null && _floor.IsSpeaking)
            EndActivity(_floor.Position);
        if (input.AudioStreamEnd is true && !_manualActivity)
            EndStream();
        TryAnswer();
    }

    private void TakeFrame(Blob image, TimeSpan now)
    {
        var kept = _floor.Video(image, now);
        // Reported once, not for every frame.
        if (!kept && !_dropsFrames)
            _effects.Ignored("video frames beyond the limit of a turn; the oldest are dropped until it ends");
        _dropsFrames = !kept;
    }

    private void InterruptByInput(TimeSpan now)
    {
        if (_activityInterrupts || (_options.InputCancelsCalls && _tools.HasOpenBlocking))
            Interrupt(now);
    }

    private void StartActivity(long atSample, TimeSpan now, bool isBargeInPending)
    {
        var (utterance, from) = _floor.StartSpeaking(atSample, isBargeInPending);
        _streamHadTurn = true;
        SendVoiceActivity(VoiceActivityType.ActivityStart, from);
        if (!isBargeInPending)
            InterruptByInput(now);
        _effects.StartRecognition(utterance, from);
    }

    private void EndActivity(long atSample)
    {
        var (utterance, to) = _floor.StopSpeaking(atSample);
        SendVoiceActivity(VoiceActivityType.ActivityEnd, to);
        _effects.FinishRecognition(utterance, to);
    }

    private void OnClientContent(ClientContent content, TimeSpan now)
    {
        var seeding = _options.Setup.HistoryConfig?.InitialHistoryInClientContent is true && !_historySeeded;
        if (_options.ClientContentIsHistoryOnly && !seeding)
        {
            Close(InvalidArgument);
            return;
        }
        if (content.Turns?.Any(turn => turn.Role is not (null or "" or "user" or "model")) == true)
        {
            Close("Please use a valid role: user, model.");
            return;
        }
        Interrupt(now);
        foreach (var turn in content.Turns ?? [])
        {
            if (turn.Parts is { Count: > 0 })
                _history.Append(turn.Role is { Length: > 0 } ? turn : turn with { Role = "user" });
        }
        if (content.TurnComplete is true)
        {
            _floor.MarkCurrentFrame();
            _historySeeded |= seeding;
            _contentWantsAnswer |= !seeding;
        }
        Settle();
    }

    private void OnContextUpdate(ContextUpdate update)
    {
        if (update.SystemInstruction is { } instruction)
            _systemInstruction = instruction;
        if (update.Tools is { } tools)
            _functions = FunctionsOf(tools.Tools);
    }

    private void SendVoiceActivity(VoiceActivityType type, long atSample)
    {
        if (_options.Setup.ExplicitVadSignal is not true)
            return;
        _effects.Send(new LiveSessionResponse
        {
            ServerContent = new ServerContent(),
            VoiceActivity = new VoiceActivity { Type = type, AudioOffset = TimeSpan.FromSeconds((double)atSample / AudioFormat.InputRateHz) },
        });
    }

    private void Close(string reason, int code = 1007)
    {
        if (_closed)
            return;
        if (_output.State == OutputState.Generating)
            _effects.CancelGeneration(_output.Generation);
        _closed = true;
        _effects.Close(code, reason);
    }

    private static List<FunctionDeclaration> FunctionsOf(IReadOnlyList<Tool>? tools) =>
        [.. (tools ?? []).SelectMany(tool => tool.FunctionDeclarations ?? [])];
}
