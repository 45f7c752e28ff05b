using Parley.Client.Resumption;

namespace Parley.Client.Session;

/// <summary>
/// Follows who speaks. Numbers the model's turns across connections, knows when nothing goes on, and keeps speech from being heard twice or
/// after it was cut. Guarded by the session's lock.
/// </summary>
internal sealed class TurnTrack(ResumptionOptions options)
{
    // A server that gives no handles must not make them pile up.
    private const int MaxRemembered = 64;

    private readonly List<Heard> _completed = []; // since the newest handle
    private readonly List<Heard> _repeats = []; // heard before, in the order in which it will come again
    private Heard _heard;
    private Heard _last;
    private bool _open;
    private bool _cut; // the server said "interrupted": the rest of this turn is nobody's
    private bool _inProgress;
    private bool _awaiting;
    private bool _activityOpen; // an activity marked from here is open
    private bool _userSpeaking;
    private bool _continuesCutTurn;
    private bool _firstAfterResume;

    /// <summary>Number of the newest turn; 0 before the first.</summary>
    internal long Number { get; private set; }

    /// <summary>Turns up to this number were interrupted from here.</summary>
    internal long Silenced { get; private set; }

    /// <summary>An answer is being generated.</summary>
    internal bool IsAnswering { get; private set; }

    /// <summary>A turn of the model is open.</summary>
    internal bool IsOpen => _open;

    /// <summary>Nothing is said, asked or thought about.</summary>
    internal bool IsQuiet => !_open && !_awaiting && !_activityOpen && !_userSpeaking && !_inProgress;

    /// <summary>An answer is under way, or more will follow without input: an end now is not a normal one.</summary>
    internal bool IsMidAnswer => IsAnswering || _inProgress;

    /// <summary>The user speaks, by the marks sent from here.</summary>
    internal bool IsActivityOpen => _activityOpen;

    /// <summary>Stamps an update; null where it must not be delivered.</summary>
    /// <param name="update">The update.</param>
    /// <param name="sentOnConnection">Messages sent on this connection so far.</param>
    internal LiveUpdate? Apply(LiveUpdate update, long sentOnConnection)
    {
        LiveUpdate? result = update;
        switch (update)
        {
            case AudioUpdate or TextUpdate or ThoughtUpdate or MediaUpdate or CodeUpdate or PartUpdate or ToolCallUpdate:
                Begin(sentOnConnection);
                IsAnswering |= update is AudioUpdate or TextUpdate;
                result = IsResidue && update is AudioUpdate or MediaUpdate or TextUpdate ? null : Unheard(update);
                break;
            case OutputTranscriptUpdate:
                result = Unheard(update);
                break;
            case GenerationCompleteUpdate:
                IsAnswering = false;
                break;
            case InterruptedUpdate:
                IsAnswering = false;
                // The reader knows of what was cut from here.
                result = _open && Number <= Silenced ? null : update;
                _cut = _open;
                _repeats.Clear();
                break;
            case TurnCompleteUpdate complete:
                Complete();
                _inProgress = !complete.IsIdle;
                break;
            case VoiceActivityUpdate activity when activity.Type == Protocol.VoiceActivityType.ActivityStart:
                _userSpeaking = true;
                break;
            case VoiceActivityUpdate activity when activity.Type == Protocol.VoiceActivityType.ActivityEnd:
                _userSpeaking = false;
                break;
        }
        if (result is not null)
            result.Turn = Number;
        return result;
    }

    /// <summary>A message of the client went out.</summary>
    internal void Sent(in MessageTraits traits)
    {
        if (traits.ActivityStart)
            _activityOpen = true;
        if (traits.ActivityEnd)
            _activityOpen = false;
        if (!traits.ExpectsAnswer)
            return;
        // A server that never completes an interrupted turn must not silence the next one.
        if (_cut)
            Complete();
        _awaiting = true;
    }

    /// <summary>The state up to here can be resumed: what was heard before it will not come again.</summary>
    internal void Checkpoint() => _completed.Clear();

    /// <summary>What is left of the running turn is for nobody.</summary>
    /// <returns>Whether there was one.</returns>
    internal bool Silence()
    {
        Silenced = Number;
        return _open;
    }

    /// <summary>Another connection took over.</summary>
    /// <param name="resent">Whether input was sent again, and with it the question of the cut answer.</param>
    /// <returns>Whether an answer was cut that nothing will bring back.</returns>
    internal bool Resume(bool resent)
    {
        var wasCut = _open && !IsResidue;
        KeepRepeats(resent, wasCut);
        _continuesCutTurn = _repeats.Count > 0 && (wasCut || _continuesCutTurn);
        _firstAfterResume = !_inProgress;
        if (wasCut)
            _last = _heard;
        (_open, _cut, IsAnswering, _inProgress, _userSpeaking, _heard) = (false, false, false, false, false, default);
        _awaiting = resent;
        _completed.Clear();
        return wasCut && !resent;
    }

    // What was heard and will come again: turns behind the state, the cut one, and those that were to come again already.
    private void KeepRepeats(bool resent, bool wasCut)
    {
        var before = _repeats.ToList();
        _repeats.Clear();
        if (!resent)
            return;
        if (options.Transparent)
            _repeats.AddRange(_completed);
        var rest = _open && before is [var head, ..] ? head : default;
        if (wasCut)
            _repeats.Add(new Heard(_heard.Audio + rest.Audio, _heard.Text + rest.Text, _heard.Transcript + rest.Transcript));
        _repeats.AddRange(before.Skip(_open ? 1 : 0));
    }

    // Cut by the server, or from here: what still comes of the turn is for nobody (docs/protocol.md#64-interruption-barge-in).
    private bool IsResidue => _open && (_cut || Number <= Silenced);

    private void Begin(long sentOnConnection)
    {
        _awaiting = false;
        if (_open)
            return;
        _open = true;
        // Nothing was said to the resumed model, by nobody: what it says now can only be what it said before.
        if (_firstAfterResume && _repeats.Count == 0 && sentOnConnection == 0)
            _repeats.Add(_last);
        // The cut turn is the last of those that come again.
        var goesOn = _continuesCutTurn && _repeats.Count == 1;
        if (!goesOn)
            Number++;
        _continuesCutTurn = _continuesCutTurn && !goesOn;
        _firstAfterResume = false;
    }

    private void Complete()
    {
        if (_open)
        {
            if (options.Transparent && _completed.Count < MaxRemembered)
                _completed.Add(_heard);
            _last = _heard;
            if (_repeats.Count > 0)
                _repeats.RemoveAt(0);
        }
        (_open, _cut, _awaiting, IsAnswering, _heard) = (false, false, false, false, default);
    }

    // The head of the queue is what was heard of this turn before: so much is left out.
    private LiveUpdate? Unheard(LiveUpdate update)
    {
        Count(update);
        if (options.RepeatedAnswer == RepeatedAnswer.Restart || _repeats is not [var heard, ..])
            return update;
        switch (update)
        {
            case AudioUpdate audio when heard.Audio > TimeSpan.Zero:
                var bytes = (int)Math.Min(audio.Pcm.Length, ((heard.Audio.Ticks * audio.RateHz) + (TimeSpan.TicksPerSecond / 2)) / TimeSpan.TicksPerSecond * 2);
                _repeats[0] = heard with { Audio = bytes < audio.Pcm.Length ? TimeSpan.Zero : heard.Audio - audio.Duration };
                return bytes == audio.Pcm.Length ? null : audio with { Pcm = audio.Pcm[bytes..], WirePart = audio.Pcm[bytes..] };
            case TextUpdate text when heard.Text > 0:
                _repeats[0] = heard with { Text = Math.Max(0, heard.Text - text.Text.Length) };
                return heard.Text >= text.Text.Length ? null : text with { Text = text.Text[heard.Text..] };
            case OutputTranscriptUpdate said when heard.Transcript > 0:
                _repeats[0] = heard with { Transcript = Math.Max(0, heard.Transcript - said.Text.Length) };
                return heard.Transcript >= said.Text.Length ? null : said with { Text = said.Text[heard.Transcript..] };
            default:
                return update;
        }
    }

    private void Count(LiveUpdate update) => _heard = update switch
    {
        AudioUpdate audio => _heard with { Audio = _heard.Audio + audio.Duration },
        TextUpdate text => _heard with { Text = _heard.Text + text.Text.Length },
        OutputTranscriptUpdate said => _heard with { Transcript = _heard.Transcript + said.Text.Length },
        _ => _heard,
    };

    /// <summary>How much of a turn was delivered: sound, characters of text and of the transcript.</summary>
    private readonly record struct Heard(TimeSpan Audio, int Text, int Transcript);
}
