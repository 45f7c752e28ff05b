using Parley.Conversation;
using Parley.Protocol;
using Parley.Protocol.Internal;
using Parley.Server;

namespace Parley.Testing.Scenarios;

/// <summary>
/// One scripted session. The <see cref="ConversationMachine"/> decides who may speak; each generation it starts is a reply of the scenario. One lock
/// serializes all events; a reply runs on the thread that caused it until it waits for something.
/// </summary>
internal sealed partial class ScenarioSession : ILiveModelSession
{
    private readonly ScenarioModel _model;
    private readonly ConversationOptions _options;
    private readonly ConversationMachine _machine;
    private readonly Lock _gate = new();
    private readonly Queue<GenerationRequest> _starts = [];
    private readonly List<ReplyContext> _waiting = [];
    private readonly CancellationTokenSource _disposed = new();
    private readonly long _started;
    private readonly int _connection;
    private readonly bool _isResumed;
    private CancellationTokenSource? _running;
    private ReplyContext? _calling;
    private ScenarioRule? _prompted;
    private List<string> _issued = [];
    private int _turns;
    private bool _isDraining, _isEnded;

    internal ScenarioSession(ScenarioModel model, Scenario scenario, ConversationOptions options, ILiveModelOutput output, int connection, ScenarioCheckpoint? checkpoint)
    {
        (_model, Scenario, _options, Output, _connection) = (model, scenario, options, output, connection);
        _turns = checkpoint?.Turns ?? 0;
        _started = model.Time.GetTimestamp();
        _machine = new ConversationMachine(options, this, checkpoint?.Conversation);
        _input = new ScenarioInput(options.Setup, model.Options.SpeechThresholdDb);
        _isResumed = checkpoint is not null;
        // The output may be used when the model has returned this session.
        ThreadPool.UnsafeQueueUserWorkItem(
            static session => GuardedTimers.Guard(session, static opened => opened.Open(), static (opened, e) => opened.Fail($"The session did not open: {e}")),
            this, preferLocal: false);
    }

    internal ILiveModelOutput Output { get; }

    internal Scenario Scenario { get; }

    /// <summary>Whether answers are sent as fast as the client reads, whatever the scenario says.</summary>
    internal bool IsUnpaced { get; init; }

    internal bool AnswersInText => _machine.AnswersInText;

    private TimeSpan Now => _model.Time.GetElapsedTime(_started);

    public void Receive(LiveSessionRequest message) => Post(() =>
    {
        if (message.RealtimeInput?.AudioStreamEnd is true && !_machine.HasManualActivity)
            _input.Detector.End(Ended);
        _machine.Receive(message, Now);
    });

    public void MediaSent(in LiveMedia media)
    {
        var (generation, sequence) = (media.Generation, media.Sequence);
        Post(() => _machine.MediaSent(generation, sequence, Now));
    }

    public void MediaPlayed(TimeSpan position) => Post(() => _machine.MediaPlayed(position));

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isEnded = true;
            _silence?.Dispose();
            _playback?.Dispose();
        }
        await _disposed.CancelAsync().ConfigureAwait(false);
        _disposed.Dispose();
    }

    internal void Say(int generation, ReadOnlyMemory<byte> pcm, string? text) => Post(() => _machine.Said(generation, pcm, text, Now));

    internal void Think(int generation, string text) => Post(() => _machine.Thought(generation, text));

    internal void Finish(int generation) => Post(() => _machine.Finished(generation, Now));

    /// <summary>Makes the calls of a reply.</summary>
    /// <returns>Their ids; none if the generation is not running any more.</returns>
    internal IReadOnlyList<string> Call(ReplyContext reply, IReadOnlyList<FunctionCall> calls)
    {
        lock (_gate)
        {
            _issued = [];
            _waiting.Add(_calling = reply);
            // Before anything that follows is started: the reply must know its ids.
            _machine.Called(reply.Generation, calls, Now);
            _calling = null;
            return _issued;
        }
    }

    internal ReadOnlyMemory<byte> Voice(string text, TimeSpan? duration) =>
        _model.Options.Synthesize is { } synthesize && duration is null
            ? synthesize(text, _options.Setup.GenerationConfig?.SpeechConfig?.VoiceConfig?.PrebuiltVoiceConfig?.VoiceName)
            : ToneVoice.Speak(text, duration);

    internal Task DelayAsync(TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, _model.Time, cancellationToken);

    /// <summary>The scenario cannot go on: the session closes, and <see cref="Scenario.Verify"/> fails.</summary>
    internal void Fail(string failure)
    {
        Scenario.Fail(failure);
        Output.Close(new LiveClose(1011, failure));
    }

    private void Open() => Post(() =>
    {
        _machine.Started();
        if (!_isResumed)
            Prompt(RuleTrigger.Opened);
    });

    // Starts an answer that nobody asked for, if the scenario has one.
    private void Prompt(RuleTrigger trigger)
    {
        if (Scenario.Take(trigger, new UserTurn { Number = _turns + 1, Connection = _connection, Setup = _options.Setup }) is not { } rule)
            return;
        _prompted = rule;
        _machine.StartAnswer();
    }

    private void Post(Action action)
    {
        lock (_gate)
        {
            if (_isEnded)
                return;
            action();
            // A reply posts events of its own: they are handled where they occur, and what they start is started here.
            if (_isDraining)
                return;
            _isDraining = true;
            try
            {
                FinishUtterances();
                while (_starts.TryDequeue(out var request))
                {
                    Start(request);
                    FinishUtterances();
                }
            }
            finally
            {
                _isDraining = false;
            }
        }
    }

    private void Start(GenerationRequest request)
    {
        _running = CancellationTokenSource.CreateLinkedTokenSource(_disposed.Token);
        var (answered, isPartial) = TakeResponses(request);
        if (answered is not null)
        {
            _ = answered.RunAsync(request.Generation, _running.Token);
            return;
        }
        // Some responses of several calls are no turn of the user: there is nothing to say before the rest.
        if (isPartial)
        {
            _machine.Finished(request.Generation, Now);
            return;
        }
        var turn = TakeTurn(request);
        if (_prompted is { } prompted)
        {
            _prompted = null;
            _ = new ReplyContext(this, prompted, turn).RunAsync(request.Generation, _running.Token);
            return;
        }
        var rule = Scenario.Take(RuleTrigger.Turn, turn);
        if (rule is null && Scenario.IsStrict)
            Output.Close(new LiveClose(1011, $"No rule of the scenario matches {turn}"));
        else
            _ = new ReplyContext(this, rule, turn).RunAsync(request.Generation, _running.Token);
    }

    // The reply whose calls are all answered by the newest responses; or whether all that is new are responses to calls of replies that wait for more.
    private (ReplyContext? Answered, bool IsPartial) TakeResponses(GenerationRequest request)
    {
        ReplyContext? answered = null;
        var (partial, others) = (0, 0);
        foreach (var part in NewParts(request))
        {
            if (part.FunctionResponse is not { } response || _waiting.Find(reply => reply.WaitsFor(response.Id)) is not { } reply)
            {
                others++;
            }
            else if (reply.Answered(response))
            {
                _waiting.Remove(reply);
                answered ??= reply;
            }
            else
            {
                partial++;
            }
        }
        return (answered, partial > 0 && others == 0);
    }

    private UserTurn TakeTurn(GenerationRequest request)
    {
        var parts = NewParts(request).ToList();
        var (audio, transcript, hidden) = _input.TakeUtterances();
        var texts = parts.Select(static part => part.Text).OfType<string>().Where(text => !hidden.Remove(text));
        return new UserTurn
        {
            Number = ++_turns,
            Connection = _connection,
            Setup = _options.Setup,
            Text = string.Join('\n', texts),
            Audio = audio,
            Transcript = transcript,
            Pictures = [.. parts.Select(static part => part.InlineData).OfType<Blob>()],
            ToolResponses = [.. parts.Select(static part => part.FunctionResponse).OfType<FunctionResponse>()],
        };
    }

    // What the user added since the model's last words.
    private static IEnumerable<Part> NewParts(GenerationRequest request)
    {
        var first = request.History.Count;
        while (first > 0 && request.History[first - 1].Role != "model")
            first--;
        return request.History.Skip(first).SelectMany(static content => content.Parts ?? []);
    }
}
