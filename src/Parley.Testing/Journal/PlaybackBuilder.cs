using Parley.Audio;
using Parley.Protocol;
using Parley.Testing.Scenarios;

namespace Parley.Testing.Journal;

/// <summary>Audio that was played.</summary>
internal readonly record struct PlayedPiece(TimeSpan Start, ReadOnlyMemory<byte> Pcm)
{
    internal TimeSpan End => Start + PcmFormat.Hz24000.DurationOfBytes(Pcm.Length);
}

/// <summary>Plays the audio of one session.</summary>
internal sealed class PlaybackBuilder
{
    private readonly List<PlayedPiece> _pieces = [];
    private readonly List<PlaybackTurn> _turns = [];
    private readonly List<(TimeSpan At, TimeSpan Length)> _gaps = [];
    private readonly IReadOnlyList<SpeechSpan> _speech;
    private TimeSpan _playsUntil;
    private TimeSpan? _asked;
    private PlaybackTurn? _turn;
    private int _firstPiece;
    private byte[] _odd = [];
    private bool _isSending;

    private PlaybackBuilder(IReadOnlyList<SpeechSpan> speech) => _speech = speech;

    /// <param name="entries">Those of one session, in order.</param>
    internal static LivePlayback Of(IReadOnlyList<JournalEntry> entries)
    {
        var builder = new PlaybackBuilder(SpeechSpan.Of(entries));
        foreach (var entry in entries)
            builder.Add(entry);
        builder.EndTurn();
        return new LivePlayback(entries.Count == 0 ? TimeSpan.Zero : entries[0].Time, builder._turns, builder._pieces);
    }

    private void Add(JournalEntry entry)
    {
        if (entry.Request is { } request && (request.RealtimeInput is { Text: not null } or { ActivityEnd: not null } or { AudioStreamEnd: true } || request.ClientContent is not null))
            _asked = entry.Time;
        if (entry.Response?.ServerContent is not { } content)
            return;
        foreach (var part in content.ModelTurn?.Parts ?? [])
        {
            if (part is { Thought: not true, InlineData: { Data: { } data } blob } && blob.MimeType?.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) is true)
                Play(data, blob.MimeType, entry.Time);
        }
        if (content.OutputTranscription?.Text is { } words && _turn is not null)
            _turn = _turn with { Text = _turn.Text + words };
        if (content.Interrupted is true)
            Interrupt(entry.Time);
        if (content.TurnComplete is true)
            _isSending = false;
    }

    private void Play(ReadOnlyMemory<byte> data, string mimeType, TimeSpan at)
    {
        if (!_isSending)
        {
            EndTurn();
            _turn = new PlaybackTurn { Number = _turns.Count + 1, Asked = AskedBefore(at), Started = at > _playsUntil ? at : _playsUntil };
            (_isSending, _firstPiece, _asked, _odd) = (true, _pieces.Count, null, []);
        }
        byte[] bytes = [.. _odd, .. data.Span];
        _odd = bytes.Length % 2 == 1 ? [bytes[^1]] : [];
        var pcm = Rates.ToOutput(bytes.AsMemory(0, bytes.Length - _odd.Length), mimeType);
        if (_pieces.Count > _firstPiece && at > _playsUntil)
            _gaps.Add((_playsUntil, at - _playsUntil));
        var piece = new PlayedPiece(at > _playsUntil ? at : _playsUntil, pcm);
        _pieces.Add(piece);
        _playsUntil = piece.End;
    }

    private void Interrupt(TimeSpan at)
    {
        _isSending = false;
        if (_turn is null || _playsUntil <= at)
            return;
        _turn = _turn with
        {
            WasInterrupted = true,
            Cut = _playsUntil - at,
            TimeToSilence = _speech.LastOrDefault(span => span.Start <= at && span.Start >= _turn.Started) is { } speech && speech != default ? at - speech.Start : null,
        };
        for (var i = _pieces.Count - 1; i >= _firstPiece && _pieces[i].End > at; i--)
        {
            if (_pieces[i].Start >= at)
                _pieces.RemoveAt(i);
            else
                _pieces[i] = _pieces[i] with { Pcm = _pieces[i].Pcm[..(int)((at - _pieces[i].Start).Ticks * AudioFormat.OutputRateHz / TimeSpan.TicksPerSecond * 2)] };
        }
        _playsUntil = at;
    }

    private void EndTurn()
    {
        if (_turn is not { } turn)
            return;
        var pieces = _pieces.Skip(_firstPiece).ToList();
        _turns.Add(turn with
        {
            Ended = _playsUntil,
            Gaps = [.. _gaps],
            Heard = pieces.Aggregate(TimeSpan.Zero, static (sum, piece) => sum + (piece.End - piece.Start)),
            Overlap = pieces.Aggregate(TimeSpan.Zero, (sum, piece) => sum + _speech.Aggregate(TimeSpan.Zero, (all, span) => all + span.Overlap(piece))),
        });
        _gaps.Clear();
        _turn = null;
    }

    // The end of the last input: a text or a mark, or speech that ended since the previous answer.
    private TimeSpan? AskedBefore(TimeSpan at)
    {
        var since = _turns.Count > 0 ? _turns[^1].Started : TimeSpan.MinValue;
        var spoken = _speech.Where(span => span.End <= at && span.End > since).Select(static span => (TimeSpan?)span.End).LastOrDefault();
        // A mark after speech says nothing about when the user stopped.
        return spoken ?? _asked;
    }
}
