using Parley.Client.Resumption;

namespace Parley.Client.Session;

/// <summary>
/// Tracks the turns of the model and the activity of the user. Numbers turns across connections, knows when the session is idle, and keeps
/// output from being delivered twice or after it was cut. Guarded by the session's lock.
/// </summary>
internal sealed class TurnTrack(ResumptionOptions options)
{
    // Bounds memory with a server that sends no handles.
    private const int MaxRemembered = 64;

    private readonly List<Delivered> _completed = []; // since the newest handle
    private readonly List<Delivered> _repeats = []; // delivered before, in the order in which it will be generated again
    private readonly Expectations _expected = new();
    private int _wholeRepeats; // of the repeats, those that were delivered to their end: all but a cut turn, which is the last
    private Delivered _delivered;
    private Delivered _last;
    private bool _open;
    private bool _cut; // the server sent "interrupted": the rest of this turn is dropped
    private bool _inProgress;
    private bool _activityOpen; // between activityStart and activityEnd of the client
    private bool _userSpeaking;
    private bool _continuesCutTurn;
    private bool _firstAfterResume;

    /// <summary>Number of the newest turn; 0 before the first.</summary>
    internal long Number { get; private set; }

    /// <summary>Turns up to this number were cut locally.</summary>
    internal long Silenced { get; private set; }

    /// <summary>Whether an answer is being generated.</summary>
    internal bool IsAnswering { get; private set; }

    /// <summary>Whether a turn of the model is open.</summary>
    internal bool IsOpen => _open;

    /// <summary>Whether no turn, question, activity or reasoning is open.</summary>
    internal bool IsQuiet => !_open && !_expected.IsDue && !_activityOpen && !_userSpeaking && !_inProgress;

    /// <summary>Whether the model says nothing more without further input.</summary>
    internal bool IsIdle => IsQuiet && !_expected.IsPossible;

    /// <summary>Whether the model certainly says more: it is in a turn, reasons, or a question or a result of a function is unanswered.</summary>
    internal bool IsBusy => _open || _inProgress || _expected.IsDue;

    /// <summary>Nothing followed for a while, although it might have: nothing more is expected.</summary>
    internal void Settle() => _expected.Settle();

    /// <summary>Number of completed turns.</summary>
    internal long Completed => _expected.Completed;

    /// <summary>Number of turns with content that have ended, repeated ones included.</summary>
    internal long Ended { get; private set; }

    /// <summary><see cref="Ended"/> at the state that the newest connection resumed.</summary>
    internal long EndedAtResumedState { get; private set; }

    /// <summary>Number of turns that the user has received to their end, and that the model generates again now.</summary>
    internal int WholeRepeats => _expected.IsDue ? _wholeRepeats : 0;

    /// <summary>Whether an answer is being generated, or more will follow without input: an end now is not normal.</summary>
    internal bool IsMidAnswer => IsAnswering || _inProgress;

    /// <summary>Whether the client has an open activity (manual detection).</summary>
    internal bool IsActivityOpen => _activityOpen;

    /// <summary>Applies an update and sets its turn; null if it must not be delivered.</summary>
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
                if (update is not ToolCallUpdate)
                    _expected.Spoke();
                result = IsResidue && update is AudioUpdate or MediaUpdate or TextUpdate ? null : Undelivered(update);
                break;
            case OutputTranscriptUpdate:
                _expected.Spoke();
                result = Undelivered(update);
                break;
            case GenerationCompleteUpdate:
                IsAnswering = false;
                break;
            case InterruptedUpdate:
                IsAnswering = false;
                // The reader got an InterruptedUpdate when the turn was cut locally.
                result = _open && Number <= Silenced ? null : update;
                _cut = _open;
                _repeats.Clear();
                _wholeRepeats = 0;
                break;
            case TurnCompleteUpdate complete:
                _expected.Complete(_open, complete.InteractionStatus is { } status && status != Protocol.InteractionStatus.InProgress);
                Complete();
                _inProgress = complete.InteractionStatus == Protocol.InteractionStatus.InProgress;
                break;
            case IdleUpdate:
                _inProgress = false;
                _expected.Settle();
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

    /// <summary>Records a message of the client.</summary>
    /// <param name="traits">What it is.</param>
    /// <param name="again">Whether it is resent after <see cref="Resume"/>, which has counted the turn that answers it.</param>
    internal void Sent(in MessageTraits traits, bool again = false)
    {
        if (traits.ActivityStart)
            _activityOpen = true;
        if (traits.ActivityEnd)
            _activityOpen = false;
        if (!traits.ExpectsAnswer)
            return;
        // If the server never completes an interrupted turn, the next one must still be delivered.
        if (_cut)
        {
            _expected.AbandonCutTurn();
            Complete();
        }
        if (traits.CallIds is null && again)
            _expected.AskedAgain();
        else if (traits.CallIds is null)
            _expected.Asked(_open);
    }

    /// <summary>Records a result of a function that the client sends, and that the model will speak about.</summary>
    internal void SentResult(bool isBlocking) => _expected.AnsweredCall(isBlocking, _open);

    /// <summary>The state up to here can be resumed: earlier turns will not be generated again.</summary>
    internal void Checkpoint() => _completed.Clear();

    /// <summary>Drops the rest of the current turn.</summary>
    /// <returns>Whether a turn was open.</returns>
    internal bool Silence()
    {
        Silenced = Number;
        return _open;
    }

    /// <summary>Continues on another connection.</summary>
    /// <param name="resent">Whether input is resent, and with it the question of the cut answer.</param>
    /// <returns>Whether an answer was cut that will not be generated again.</returns>
    internal bool Resume(bool resent)
    {
        var wasCut = _open && !IsResidue;
        EndedAtResumedState = Ended - _completed.Count;
        KeepRepeats(resent, wasCut);
        _continuesCutTurn = _repeats.Count > 0 && (wasCut || _continuesCutTurn);
        _firstAfterResume = !_inProgress;
        if (wasCut)
            _last = _delivered;
        (_open, _cut, IsAnswering, _inProgress, _userSpeaking, _delivered) = (false, false, false, false, false, default);
        _expected.Resume(resent, wasCut, _completed.Count);
        _completed.Clear();
        return wasCut && !resent;
    }

    // Turns that were delivered and will be generated again: those after the resumed state, the cut one, and those that were already to be
    // repeated.
    private void KeepRepeats(bool resent, bool wasCut)
    {
        var before = _repeats.ToList();
        _repeats.Clear();
        _wholeRepeats = resent ? Math.Max(0, _wholeRepeats - (_open && !wasCut ? 1 : 0)) + _completed.Count : 0;
        if (!resent)
            return;
        _repeats.AddRange(_completed);
        var rest = _open && before is [var head, ..] ? head : default;
        if (wasCut)
            _repeats.Add(new Delivered(_delivered.Audio + rest.Audio, _delivered.Text + rest.Text, _delivered.Transcript + rest.Transcript));
        _repeats.AddRange(before.Skip(_open ? 1 : 0));
    }

    // The turn was cut by the server or locally: the rest of it is dropped (docs/protocol.md#64-interruption-barge-in).
    private bool IsResidue => _open && (_cut || Number <= Silenced);

    private void Begin(long sentOnConnection)
    {
        if (_open)
            return;
        _open = true;
        _expected.Begin();
        // Nothing was sent to the resumed model: it can only be repeating its last turn.
        if (_firstAfterResume && _repeats.Count == 0 && sentOnConnection == 0)
            _repeats.Add(_last);
        // The cut turn is the last of the repeated ones.
        var continues = _continuesCutTurn && _repeats.Count == 1;
        if (!continues)
            Number++;
        _continuesCutTurn = _continuesCutTurn && !continues;
        _firstAfterResume = false;
    }

    private void Complete()
    {
        if (_open)
        {
            if (options.Transparent && _completed.Count < MaxRemembered)
                _completed.Add(_delivered);
            _last = _delivered;
            Ended++;
            _wholeRepeats = Math.Max(0, _wholeRepeats - 1);
            if (_repeats.Count > 0)
                _repeats.RemoveAt(0);
        }
        (_open, _cut, IsAnswering, _delivered) = (false, false, false, default);
    }

    // The head of the queue says how much of this turn was delivered before: that much is left out.
    private LiveUpdate? Undelivered(LiveUpdate update)
    {
        Count(update);
        if (options.RepeatedAnswer == RepeatedAnswer.Restart || _repeats is not [var delivered, ..])
            return update;
        switch (update)
        {
            case AudioUpdate audio when delivered.Audio > TimeSpan.Zero:
                var bytes = (int)Math.Min(audio.Pcm.Length, ((delivered.Audio.Ticks * audio.RateHz) + (TimeSpan.TicksPerSecond / 2)) / TimeSpan.TicksPerSecond * 2);
                _repeats[0] = delivered with { Audio = bytes < audio.Pcm.Length ? TimeSpan.Zero : delivered.Audio - audio.Duration };
                return bytes == audio.Pcm.Length ? null : audio with { Pcm = audio.Pcm[bytes..], WirePart = audio.Pcm[bytes..] };
            case TextUpdate text when delivered.Text > 0:
                _repeats[0] = delivered with { Text = Math.Max(0, delivered.Text - text.Text.Length) };
                return delivered.Text >= text.Text.Length ? null : text with { Text = text.Text[delivered.Text..] };
            case OutputTranscriptUpdate transcript when delivered.Transcript > 0:
                _repeats[0] = delivered with { Transcript = Math.Max(0, delivered.Transcript - transcript.Text.Length) };
                return delivered.Transcript >= transcript.Text.Length ? null : transcript with { Text = transcript.Text[delivered.Transcript..] };
            default:
                return update;
        }
    }

    private void Count(LiveUpdate update) => _delivered = update switch
    {
        AudioUpdate audio => _delivered with { Audio = _delivered.Audio + audio.Duration },
        TextUpdate text => _delivered with { Text = _delivered.Text + text.Text.Length },
        OutputTranscriptUpdate transcript => _delivered with { Transcript = _delivered.Transcript + transcript.Text.Length },
        _ => _delivered,
    };

    /// <summary>How much of a turn was delivered: audio, characters of text and of the transcript.</summary>
    private readonly record struct Delivered(TimeSpan Audio, int Text, int Transcript);
}
