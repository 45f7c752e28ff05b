using System.Globalization;
using System.Text.Json;
using Parley.Protocol;

namespace Parley.Conversation.Tests.Walk;

/// <summary>
/// One random conversation: a client, a detector, a recognizer, a chat model and a writer that do what is allowed, and sometimes what
/// is not allowed or stale, until the walk ends and everything outstanding is answered.
/// </summary>
internal sealed class ConversationWalk
{
    // Up to a second and a half at a time: answers play on while other things happen.
    private static readonly byte[] Sound = new byte[72_000];

    private readonly Random _random;
    private readonly ConversationOptions _options;
    private readonly WalkEffects _effects;
    private readonly ConversationMachine _machine;
    private readonly Queue<string> _tail = [];
    private readonly List<string> _owed = [];
    private readonly bool _manual;
    private readonly bool _interrupts;
    private TimeSpan _now;
    private bool _holds;
    private int _texts;
    private bool _seeding;
    private int _resultOwedSince = -1;

    internal ConversationWalk(int seed)
    {
        _random = new Random(seed);
        _options = WalkOptions.Draw(_random);
        _effects = new WalkEffects(_options);
        _machine = new ConversationMachine(_options, _effects);
        _manual = _machine.HasManualActivity;
        _interrupts = _options.Setup.RealtimeInputConfig!.ActivityHandling != ActivityHandling.NoInterruption;
        _seeding = _options.Setup.HistoryConfig is not null;
        _machine.Started();
    }

    internal int Events { get; private set; }

    internal IEnumerable<string> Tail => _tail;

    internal void Run(int events)
    {
        while (Events < events && !_effects.IsClosed)
            Step();
        if (_effects.IsClosed)
        {
            // From now on, every effect throws.
            for (var i = 0; i < 40; i++)
                Step();
        }
        else
        {
            Drain();
            Resume();
        }
        _effects.CheckSnapshots();
    }

    private void Step()
    {
        _now += TimeSpan.FromMilliseconds(_random.Next(8) == 0 ? _random.Next(3_000) : _random.Next(60));
        _effects.Now = _now;
        switch (_random.Next(100))
        {
            case < 12: Audio(); break;
            case < 18: Start(); break;
            case < 23: End(); break;
            case < 24: ConfirmBargeIn(); break;
            case < 34: Recognize(); break;
            case < 38: Type(); break;
            case < 41: Show(); break;
            case < 44: Content(); break;
            case < 64: Say(); break;
            case < 66: Think(); break;
            case < 70: Call(); break;
            case < 75: Finish(); break;
            case < 87: SendOut(); break;
            case < 95: Respond(); break;
            case < 96: Update(); break;
            case < 99: Playback(); break;
            default: Misbehave(); break;
        }
    }

    private void Audio()
    {
        var samples = _random.Next(8_000);
        Note($"audio {samples}");
        if (!_effects.IsClosed)
            _effects.Arrived += samples;
        _machine.AudioArrived(samples);
    }

    private void Start()
    {
        if (_manual)
        {
            Note("activityStart");
            Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { ActivityStart = Empty.Instance } });
            return;
        }
        var at = _effects.Arrived + _random.Next(-9_000, 2_000);
        var holds = _random.Next(3) == 0;
        Note($"speech started at {at}{(holds ? ", barge-in pending" : "")}");
        var interruptions = _effects.Interruptions;
        var wasListening = _effects.IsListening;
        _machine.SpeechStarted(at, _now, holds);
        if (!wasListening)
            _holds = holds;
        WalkEffects.Require(!holds || _effects.Interruptions == interruptions, "a pending barge-in interrupted");
    }

    private void ConfirmBargeIn()
    {
        Note("confirm barge-in");
        var interruptions = _effects.Interruptions;
        var answers = _machine.IsAnswering;
        var confirms = _holds && _effects.IsListening && !_effects.IsClosed;
        _machine.ConfirmBargeIn(_now);
        _holds &= !confirms;
        if (!confirms)
            WalkEffects.Require(_effects.Interruptions == interruptions, "a barge-in was confirmed that was not pending");
        else if (_interrupts)
            WalkEffects.Require(!_machine.IsAnswering || !answers, "a confirmed barge-in did not interrupt");
    }

    private void End()
    {
        if (_manual)
        {
            Note("activityEnd");
            Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { ActivityEnd = Empty.Instance } });
            return;
        }
        var at = _effects.Arrived + _random.Next(-9_000, 2_000);
        Note($"speech ended at {at}");
        _machine.SpeechEnded(at);
    }

    private void Recognize()
    {
        if (_random.Next(8) == 0)
        {
            var stale = _random.Next(_effects.Utterance + 3);
            if (_effects.Unrecognized.Contains(stale))
                return;
            Note($"stale recognition of {stale}");
            _machine.RecognizedInterim(stale, "stale interim");
            _machine.Recognized(stale, "stale", _now);
            _machine.RecognitionFailed(stale);
            return;
        }
        if (_effects.Unrecognized.Count == 0)
            return;
        var index = _random.Next(_effects.Unrecognized.Count);
        var utterance = _effects.Unrecognized[index];
        _effects.Unrecognized.RemoveAt(index);
        if (_random.Next(10) == 0)
        {
            Note($"recognition of {utterance} failed");
            _effects.LostSpeech = true;
            _machine.RecognitionFailed(utterance);
            return;
        }
        var act = _random.Next(8) switch { 0 => SpeechAct.NotAddressed, 1 => SpeechAct.BackChannel, _ => SpeechAct.Turn };
        var text = (act, _random.Next(4)) switch
        {
            (_, 0) => "",
            (_, 1) => " ",
            (SpeechAct.Turn, _) => Owe(),
            (SpeechAct.NotAddressed, _) => $"a{++_texts}.",
            _ => "mhm",
        };
        Note($"recognized {utterance} '{text}' as {act}");
        var interruptions = _effects.Interruptions;
        _machine.RecognizedInterim(utterance, "interim");
        _machine.Recognized(utterance, text, _now, act);
        if (act != SpeechAct.Turn || string.IsNullOrWhiteSpace(text))
            WalkEffects.Require(_effects.Interruptions == interruptions, "words that are nothing to the model interrupted it");
    }

    private void Type()
    {
        var text = _random.Next(5) switch { 0 => " ", 1 => "", _ => Owe() };
        Note($"text '{text}'");
        Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Text = text } });
    }

    private void Show()
    {
        Note("frame");
        Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Video = new Blob { MimeType = "image/jpeg", Data = new byte[_random.Next(600)] } } });
    }

    private void Content()
    {
        var complete = _random.Next(2) == 0;
        // A model that accepts only announced history closes on more; Misbehave covers that.
        if (_options.ClientContentIsHistoryOnly && !_seeding)
            return;
        var turns = new List<Content>();
        for (var i = _random.Next(3); i > 0; i--)
        {
            var text = $"c{++_texts}.";
            turns.Add(new Content { Role = _random.Next(2) == 0 ? "user" : null, Parts = [new Part { Text = text }] });
            if (complete && !_seeding)
                _owed.Add(text);
        }
        if (complete)
            _seeding = false;
        Note($"content of {turns.Count}, complete {complete}");
        Receive(new LiveSessionRequest { ClientContent = new ClientContent { Turns = turns, TurnComplete = complete } });
    }

    private void Say()
    {
        var generation = Target();
        var sounds = _machine.AnswersInText ? false : _random.Next(10) != 0;
        var text = _random.Next(6) == 0 ? null : $"m{++_texts}.";
        var pcm = sounds ? Sound.AsMemory(0, _random.Next(1, Sound.Length / 2) * 2) : default;
        Note($"said {generation} {pcm.Length} bytes '{text}'");
        var counts = _effects.IsGenerating && generation == _effects.Generation;
        _machine.Said(generation, pcm, text, _now);
        if (counts && (text is not null || sounds) && !_effects.IsClosed)
            _effects.NoteSaid(text ?? "", pcm.Length, hasMedia: sounds || _machine.AnswersInText);
    }

    private void Think()
    {
        var generation = Target();
        Note($"thought {generation}");
        _machine.Thought(generation, "thought");
    }

    private void Call()
    {
        var generation = Target();
        var calls = new FunctionCall[_random.Next(_random.Next(20) == 0 ? 0 : 1, 4)];
        for (var i = 0; i < calls.Length; i++)
            calls[i] = new FunctionCall { Name = WalkOptions.Functions[_random.Next(WalkOptions.Functions.Length)] };
        Note($"called {generation} {string.Join(' ', calls.Select(call => call.Name))}");
        _machine.Called(generation, calls, _now);
    }

    private void Finish()
    {
        var generation = Target();
        Note($"finished {generation}");
        _machine.Finished(generation, _now);
    }

    private void SendOut()
    {
        if (_random.Next(8) == 0 && _effects.Dropped.Count > 0)
        {
            var stale = _effects.Dropped[_random.Next(_effects.Dropped.Count)];
            Note($"stale sent {stale}");
            _machine.MediaSent(stale.Generation, stale.Sequence, _now);
            return;
        }
        for (var i = _random.Next(4); i > 0 && _effects.Unsent.TryDequeue(out var chunk); i--)
        {
            Note($"sent {chunk}");
            _effects.NoteSent(chunk.Sequence);
            _machine.MediaSent(chunk.Generation, chunk.Sequence, _now);
        }
    }

    private void Respond(bool all = false)
    {
        var responses = new List<FunctionResponse>();
        foreach (var (id, blocking) in _effects.Open.ToArray())
        {
            if (!all && _random.Next(3) != 0)
                continue;
            var continues = !blocking && !all && _random.Next(3) == 0;
            responses.Add(Response(id, continues));
            if (!blocking && responses[^1].Scheduling != Scheduling.Silent)
                _resultOwedSince = _effects.Generation;
            if (!continues)
                _effects.NoteAnswered(id);
        }
        if (!all && _effects.Issued.Count > 0 && _random.Next(6) == 0)
        {
            var late = _effects.Issued[_random.Next(_effects.Issued.Count)];
            if (!_effects.Open.ContainsKey(late))
                responses.Add(Response(late, continues: false));
        }
        if (responses.Count == 0)
            return;
        Note("answered " + string.Join(' ', responses.Select(r => $"{r.Id}{(r.WillContinue is true ? "+" : "")}({r.Scheduling})")));
        Receive(new LiveSessionRequest { ToolResponse = new ToolResponse { FunctionResponses = responses } });
    }

    private FunctionResponse Response(string id, bool continues)
    {
        Scheduling?[] schedulings = [null, Scheduling.Silent, Scheduling.WhenIdle, Scheduling.Interrupt];
        return new FunctionResponse
        {
            Id = id,
            Response = JsonElement.Parse("{}"u8),
            Scheduling = schedulings[_random.Next(4)],
            WillContinue = continues ? true : null,
        };
    }

    private void Update()
    {
        if (_random.Next(2) == 0)
        {
            Note("audioStreamEnd");
            _effects.HasEnded = true;
            Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { AudioStreamEnd = true } });
            return;
        }
        Note("update");
        Receive(new LiveSessionRequest { ContextUpdate = new ContextUpdate { SystemInstruction = new Content { Parts = [new Part { Text = "Be kind." }] } } });
    }

    private void Playback()
    {
        Note("playback ended");
        if (_effects.Timer is { } due && _random.Next(3) != 0)
        {
            _now += due;
            _effects.Now = _now;
            _effects.Timer = null;
        }
        _machine.PlaybackEnded(_now);
    }

    // Ends the session; rare, so that most walks get far.
    private void Misbehave()
    {
        if (_random.Next(12) != 0)
            return;
        Note("misbehaves");
        switch (_random.Next(5))
        {
            case 0:
                Receive(new LiveSessionRequest { ClientContent = new ClientContent { Turns = [new Content { Role = "system", Parts = [new Part { Text = "x" }] }] } });
                break;
            case 1:
                Receive(new LiveSessionRequest { ToolResponse = new ToolResponse { FunctionResponses = [Response("never-1", false)] } });
                break;
            case 2:
                Receive(new LiveSessionRequest { ToolResponse = new ToolResponse { FunctionResponses = [Response("", false)] } });
                break;
            case 3 when !_manual:
                Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { ActivityEnd = Empty.Instance } });
                break;
            default:
                return;
        }
        WalkEffects.Require(_effects.IsClosed, "a misbehaving client was borne");
    }

    // Completes all outstanding work; then the conversation must be idle, with everything answered.
    private void Drain()
    {
        for (var round = 0; round < 200; round++)
        {
            if (_effects.IsListening)
                End();
            while (_effects.Unrecognized.Count > 0)
            {
                Note($"recognized {_effects.Unrecognized[0]} ''");
                var utterance = _effects.Unrecognized[0];
                _effects.Unrecognized.RemoveAt(0);
                _machine.Recognized(utterance, "", _now);
            }
            Respond(all: true);
            if (_effects.IsGenerating)
            {
                Note($"finished {_effects.Generation}");
                _machine.Finished(_effects.Generation, _now);
            }
            if (_effects.Timer is not null)
            {
                _now += TimeSpan.FromMinutes(10);
                _effects.Now = _now;
                _effects.Timer = null;
                Note("playback ended");
                _machine.PlaybackEnded(_now);
            }
            if (!_effects.IsListening && _effects.Open.Count == 0 && !_machine.IsAnswering)
                break;
        }
        WalkEffects.Require(!_machine.IsAnswering && !_effects.IsTurnOpen, "wedged: answering for ever");
        WalkEffects.Require(!_machine.IsUserSpeaking, "wedged: listening for ever");
        WalkEffects.Require(_effects.State is not null, "at rest, and not resumable");
        WalkEffects.Require(_effects.Generation > _resultOwedSince, "a result was to be spoken and was not");
        if (_effects.IsCompressed || _owed.Count == 0)
            return;
        WalkEffects.Require(_effects.Request is not null, "wedged: nothing was answered");
        var heard = WalkEffects.TextsOf(_effects.Request!.History, "user");
        foreach (var text in _owed)
            WalkEffects.Require(heard.Split('.').Count(part => part + "." == text) == 1, $"'{text}' was not answered, or was heard twice");
        var notAddressed = heard.Split('.').Where(part => part.StartsWith('a')).ToList();
        WalkEffects.Require(notAddressed.Count == notAddressed.Distinct().Count(), "words not addressed to the model entered the history twice");
        WalkEffects.Require(!heard.Contains("mhm", StringComparison.Ordinal), "a back-channel was kept");
    }

    private void Resume()
    {
        var state = _effects.State!;
        var second = new Kit.RecordingEffects();
        var machine = new ConversationMachine(_options, second, state);
        WalkEffects.Require(_effects.IsCompressed || machine.ContextTokens > 0 || state.History.Count == 0, "resumed with nothing");
        machine.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Text = "again" } }, default);
        // Media beyond the limit stay only as long as they are the newest entry.
        var tooMuch = state.History is [.., { } newest] && newest.Parts!.Sum(part => part.InlineData?.Data?.Length ?? 0) > _options.MaxHistoryMediaBytes;
        if (!_effects.IsCompressed && !tooMuch)
            WalkEffects.Require(second.Request!.History.Take(state.History.Count).SequenceEqual(state.History), "resumed with another history");
    }

    // The generation of an event: nearly always the running one.
    private int Target() => _random.Next(8) == 0 ? _random.Next(_effects.Generation + 2) : _effects.Generation;

    private string Owe()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"u{++_texts}.");
        if (!_effects.IsClosed)
            _owed.Add(text);
        return text;
    }

    private void Receive(LiveSessionRequest message) => _machine.Receive(message, _now);

    private void Note(string happening)
    {
        Events++;
        if (_tail.Count == 60)
            _tail.Dequeue();
        _tail.Enqueue($"{_now.TotalSeconds,9:0.000}  {happening}");
    }
}
