using Parley.Recording.Timeline;
using Parley.Recording.Transcripts;

namespace Parley.Recording.Sessions;

/// <summary>Turns, and what becomes final with them.</summary>
internal sealed partial class RecordEngine
{
    private void BeginTurn(long position)
    {
        if (_inTurn)
            return;
        _inTurn = true;
        (_turnStart, _boundary) = (position, position);
        (_modelStart, _lastChunk) = (-1, -1);
        (_answered, _speech) = (_speech, new SpeechSpan());
    }

    private void Interrupt(long position)
    {
        _interruptions.Add(StereoTimeline.Seconds(position));
        HasNews = true;
        if (_inTurn)
        {
            EndTurn(position, "interrupted");
            return;
        }
        CutModel(position);
    }

    // Nothing more of the model is heard, not of answers that were complete either.
    private void CutModel(long position)
    {
        _timeline.Interrupt(position);
        var at = StereoTimeline.Seconds(position);
        for (var i = _transcripts.Count - 1; i >= 0; i--)
        {
            if (_transcripts[i] is not { Speaker: "model", Spoken: true } said || said.End <= at)
                continue;
            if (TranscriptBuilder.Cut(said, at) is { Words.Count: > 0 } heard)
                _transcripts[i] = heard;
            else
                _transcripts.RemoveAt(i);
        }
        for (var i = 0; i < _turns.Count; i++)
        {
            if (_turns[i].End > at)
                _turns[i] = _turns[i] with { Start = Math.Min(_turns[i].Start, at), End = at };
        }
    }

    private void EndTurn(long position, string outcome)
    {
        if (!_inTurn)
            return;
        _inTurn = false;
        var isWhole = outcome == "completed";
        TakeUser(new Stretch(_final, _boundary), _answered);
        TakeModel(isWhole ? long.MaxValue : position);
        if (isWhole)
        {
            _timeline.EndTurn();
        }
        else
        {
            // A connection that ends may cut a transcript off before its audio.
            if (outcome == "session_closed" && plan.Redactor is not null && _modelStart >= 0)
                _timeline.Model.Silence(_modelStart, long.MaxValue);
            CutModel(position);
        }
        _turns.Add(new RecordTurn(plan.HasAnnouncement ? _turns.Count : _turns.Count + 1, StereoTimeline.Seconds(_turnStart), StereoTimeline.Seconds(Math.Max(position, isWhole ? _timeline.Model.Cursor : position)), outcome));
        // Cut off by the end of the connection, the transcript of the user may not be complete either.
        if (outcome != "session_closed")
            _final = _boundary;
        HasNews = true;
    }

    private void TakeUser(Stretch stretch, SpeechSpan speech)
    {
        // Where there is no speech, or only some of it was kept, the transcript has the time of the stretch.
        var span = speech.IsAny ? new Stretch(speech.From, speech.To) : stretch;
        var (transcript, removed, redactions) = _user.Take(span, isExact: false, cut: long.MaxValue, plan.Redactor);
        Add(transcript, redactions);
        // Which words are where is not known: all that the user said in this turn.
        if (removed.Count > 0)
            _timeline.User.Silence(stretch.From, Math.Max(stretch.To, speech.To) + Margin);
    }

    private void TakeModel(long cut)
    {
        var from = _modelStart < 0 ? _turnStart : _modelStart;
        var span = new Stretch(from, Math.Max(from, _timeline.Model.Cursor));
        var (transcript, removed, redactions) = _model.Take(span, plan.HasExactTimes, cut, plan.Redactor);
        Add(transcript, redactions);
        foreach (var stretch in removed)
            _timeline.Model.Silence(stretch.From - Margin, stretch.To + Margin);
        (transcript, _, redactions) = _text.Take(new Stretch(_turnStart, _turnStart), isExact: true, cut: long.MaxValue, plan.Redactor, isSpoken: false);
        Add(transcript, redactions);
    }

    private void Add(RecordTranscript? transcript, int redactions)
    {
        Redactions += redactions;
        if (transcript is not null)
            _transcripts.Add(transcript);
    }

    // With a redactor: from here on audio waits for the end of its turn, for two minutes.
    private long HeldFrom(long now)
    {
        var oldest = now - MaxHold;
        if (plan.KeepsUser && _final < oldest)
        {
            _timeline.User.Silence(_final, oldest);
            _final = oldest;
        }
        var modelFrom = _inTurn && _modelStart >= 0 ? _modelStart : long.MaxValue;
        if (modelFrom < oldest)
            _timeline.Model.Silence(modelFrom, modelFrom = oldest);
        return Math.Min(plan.KeepsUser ? _final : long.MaxValue, modelFrom);
    }
}

/// <summary>The model has sent more audio ahead than a record holds.</summary>
internal sealed class RecordOverflowException : Exception;
