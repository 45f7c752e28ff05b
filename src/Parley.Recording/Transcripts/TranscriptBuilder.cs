using System.Text;
using Parley.Recording.Redaction;
using Parley.Recording.Timeline;

namespace Parley.Recording.Transcripts;

/// <summary>What one side says until it is final.</summary>
/// <param name="speaker">The side.</param>
internal sealed class TranscriptBuilder(string speaker)
{
    /// <summary>Longest utterance that is kept, in characters; the rest is left out.</summary>
    internal const int MaxLength = 64 << 10;

    private readonly StringBuilder _text = new();
    private readonly List<(int At, long Start)> _pieces = [];

    internal bool IsEmpty => _text.Length == 0;

    /// <summary>Adds a piece.</summary>
    /// <param name="text">The piece.</param>
    /// <param name="start">Where its audio begins.</param>
    internal void Add(string text, long start)
    {
        if (_text.Length + text.Length > MaxLength)
            text = text[..Math.Max(0, MaxLength - _text.Length)];
        if (text.Length == 0)
            return;
        _pieces.Add((_text.Length, start));
        _text.Append(text);
    }

    /// <summary>Returns what was said, and forgets it.</summary>
    /// <param name="span">Where its audio is; pieces whose times are not exact are spread over it.</param>
    /// <param name="isExact">Whether the times of the pieces are exact.</param>
    /// <param name="cut">Words from here on were not heard.</param>
    /// <param name="redactor">Removes what must not be written; null = nothing.</param>
    /// <param name="isSpoken">Whether it is speech.</param>
    /// <returns>The transcript, null if nothing was said, and the stretches of audio to silence.</returns>
    internal (RecordTranscript? Transcript, IReadOnlyList<Stretch> Removed, int Redactions) Take(Stretch span, bool isExact, long cut, Redactor? redactor, bool isSpoken = true)
    {
        if (IsEmpty)
            return (null, [], 0);
        var text = _text.ToString();
        var times = new PieceTimes([.. _pieces], text.Length, span, isExact);
        _text.Clear();
        _pieces.Clear();
        var redactions = redactor?.Find(text) ?? [];
        var written = new StringBuilder();
        var words = new List<RecordWord>();
        var next = 0;
        for (var at = 0; at < text.Length;)
        {
            if (next < redactions.Count && redactions[next].Start == at)
            {
                var redaction = redactions[next++];
                if (!AddWord($"[{redaction.Label}]", at, at + redaction.Length))
                    break;
                at += redaction.Length;
                continue;
            }
            if (char.IsWhiteSpace(text[at]))
            {
                written.Append(text[at++]);
                continue;
            }
            var wordEnd = at + 1;
            while (wordEnd < text.Length && !char.IsWhiteSpace(text[wordEnd]) && !(next < redactions.Count && redactions[next].Start == wordEnd))
                wordEnd++;
            if (!AddWord(text[at..wordEnd], at, wordEnd))
                break;
            at = wordEnd;
        }
        var removed = redactions.Select(redaction => times.StretchOf(redaction.Start, redaction.Start + redaction.Length)).ToList();
        if (words.Count == 0)
            return (null, removed, redactions.Count);
        var transcript = new RecordTranscript(
            speaker, words[0].Start, words[^1].End, written.ToString().Trim(), isSpoken) { Interrupted = cut < span.To, Words = isSpoken ? words : [] };
        return (transcript, removed, redactions.Count);

        bool AddWord(string word, int from, int to)
        {
            var isPiece = isExact && times.IsWholePiece(text, from, to);
            var (start, end) = isPiece ? times.StretchOf(from, to) : new Stretch(times.At(from), times.At(to));
            if (start >= cut)
                return false;
            written.Append(word);
            words.Add(new RecordWord(word, StereoTimeline.Seconds(start), StereoTimeline.Seconds(Math.Min(end, cut)))
            {
                Estimated = !isPiece,
            });
            return true;
        }
    }

    /// <summary>Removes the words that were not heard, after all.</summary>
    internal static RecordTranscript Cut(RecordTranscript transcript, double cut)
    {
        List<RecordWord> heard = [.. transcript.Words.Where(word => word.Start < cut)];
        return transcript with
        {
            Text = string.Join(' ', heard.Select(static word => word.Text)), End = Math.Min(transcript.End, cut), Interrupted = true,
            Words = [.. heard.Select(word => word with { End = Math.Min(word.End, cut) })],
        };
    }
}

/// <summary>A part of the clock.</summary>
internal readonly record struct Stretch(long From, long To);
