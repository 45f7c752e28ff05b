namespace Parley.Testing.Evaluation.Measuring;

/// <summary>Gives each utterance its transcript, and compares answers. Texts belong to an utterance by the time of their arrival.</summary>
internal static class TranscriptsOf
{
    internal static List<EvaluatedUtterance> Add(List<EvaluatedUtterance> utterances, IReadOnlyList<EvaluationEvent> events)
    {
        var hasTranscripts = events.Any(static one => one.Kind == EvaluationEventKind.InputTranscript);
        var answers = AnswersOf(utterances, events);
        var result = new List<EvaluatedUtterance>();
        for (var i = 0; i < utterances.Count; i++)
        {
            var (one, until) = (utterances[i], i + 1 < utterances.Count ? utterances[i + 1].Segment.Start : TimeSpan.MaxValue);
            var transcript = Join(events.Where(text => text.At >= one.Segment.Start && text.At < until), EvaluationEventKind.InputTranscript);
            result.Add(one with
            {
                Transcript = transcript.Length > 0 ? transcript : null,
                WordErrors = hasTranscripts && one is { IsTurn: true, Words: { } words } ? ErrorsOf(words, transcript) : null,
                Repetition = one.IsYielded == true && answers.TryGetValue(i, out var pair) ? WordErrors.Repetition(pair.Interrupted, pair.Next) : null,
            });
        }
        return result;
    }

    // Pieces of one turn are joined as they are; with the end of a turn a word ends.
    private static string Join(IEnumerable<EvaluationEvent> events, EvaluationEventKind kind)
    {
        var pieces = events.Select(one => one.Kind == kind ? one.Text : one.Kind is EvaluationEventKind.Interrupted or EvaluationEventKind.TurnComplete ? " " : "");
        return string.Join(' ', string.Concat(pieces).Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static (int, int)? ErrorsOf(string words, string transcript)
    {
        var said = WordErrors.WordsOf(words);
        return said.Length == 0 ? null : (WordErrors.Edits(said, WordErrors.WordsOf(transcript)), said.Length);
    }

    // The text that came after a turn is its answer. Text that comes while the next turn is spoken still belongs to the answer before.
    private static Dictionary<int, (string Interrupted, string Next)> AnswersOf(List<EvaluatedUtterance> utterances, IReadOnlyList<EvaluationEvent> events)
    {
        int[] turns = [.. Enumerable.Range(0, utterances.Count).Where(i => utterances[i].IsTurn)];
        string AnswerTo(int turn)
        {
            var from = utterances[turns[turn]].Segment.End;
            var until = turn + 1 < turns.Length ? utterances[turns[turn + 1]].Segment.End : TimeSpan.MaxValue;
            return Join(events.Where(text => text.At >= from && text.At < until), EvaluationEventKind.OutputTranscript);
        }
        var answers = new Dictionary<int, (string, string)>();
        for (var turn = 1; turn < turns.Length; turn++)
            answers[turns[turn]] = (AnswerTo(turn - 1), AnswerTo(turn));
        return answers;
    }
}
