namespace Parley.Testing.Evaluation.Measuring;

/// <summary>Decides what the agent made of each utterance, from when both spoke (docs/eval.md).</summary>
internal static class TurnTaking
{
    /// <summary>An agent that stops within this time after an interruption has yielded.</summary>
    internal static readonly TimeSpan YieldWindow = TimeSpan.FromSeconds(2);

    /// <summary>An agent that stops within this time after a sound that is no turn took it for one.</summary>
    internal static readonly TimeSpan FalseYieldWindow = TimeSpan.FromSeconds(1);

    /// <summary>A silent agent that begins to speak within this time after such a sound took it for a turn.</summary>
    internal static readonly TimeSpan FalseAnswerWindow = TimeSpan.FromSeconds(2);

    internal static EvaluatedCall Measure(EvaluationRecording recording, double thresholdDb, TimeSpan pause)
    {
        var audio = recording.Audio;
        var user = SpeechSegmenter.Find(audio.User.Span, audio.SampleRateHz, thresholdDb, pause);
        var agent = SpeechSegmenter.Find(audio.Agent.Span, audio.SampleRateHz, thresholdDb, pause);
        var heard = recording.Utterances is { } known
            ? known.Select(utterance => Locate(utterance, audio, thresholdDb)).OfType<EvaluatedUtterance>().OrderBy(static one => one.Segment.Start).ToList()
            : user.ConvertAll(static segment => new EvaluatedUtterance { Kind = UtteranceKind.Turn, Segment = segment });
        var judged = new List<EvaluatedUtterance>();
        for (var i = 0; i < heard.Count; i++)
        {
            var next = heard.Skip(i + 1).Where(static later => later.IsTurn).Select(static later => later.Segment.Start).DefaultIfEmpty(TimeSpan.MaxValue).First();
            judged.Add(heard[i].IsTurn ? Turn(heard[i], agent, next) : Other(heard[i], agent, next));
        }
        return new EvaluatedCall(recording, TranscriptsOf.Add(judged, recording.Events), agent);
    }

    // What is heard of an utterance: from its first loud frame to its last, with the pauses in it.
    private static EvaluatedUtterance? Locate(EvaluationUtterance utterance, StereoRecording audio, double thresholdDb)
    {
        var rate = audio.SampleRateHz;
        var from = (int)Math.Clamp(utterance.Start.Ticks * rate / TimeSpan.TicksPerSecond, 0, audio.User.Length);
        var to = (int)Math.Clamp(utterance.End.Ticks * rate / TimeSpan.TicksPerSecond, from, audio.User.Length);
        var parts = SpeechSegmenter.Find(audio.User.Span[from..to], rate, thresholdDb, utterance.End - utterance.Start + SpeechSegmenter.Frame);
        return parts is [var part]
            ? new() { Kind = utterance.Kind, Words = utterance.Words, Segment = new SpeechSegment(utterance.Start + part.Start, utterance.Start + part.End) }
            : null;
    }

    private static EvaluatedUtterance Turn(EvaluatedUtterance turn, List<SpeechSegment> agent, TimeSpan next)
    {
        var (start, end) = (turn.Segment.Start, turn.Segment.End);
        var over = agent.Find(segment => segment.Contains(start));
        TimeSpan? silence = over == default ? null : over.End - start;
        var isYielded = silence <= YieldWindow;
        var isAgentSpeaking = agent.Exists(segment => segment.Contains(end));
        var answer = isAgentSpeaking ? default : agent.Find(segment => segment.Start >= end && segment.Start < next);
        return turn with
        {
            Kind = over == default ? UtteranceKind.Turn : UtteranceKind.Interruption,
            IsOverAgent = over != default,
            IsYielded = over == default ? null : isYielded,
            YieldLatency = isYielded ? silence : null,
            IsAnswered = isAgentSpeaking ? null : answer != default,
            ResponseLatency = answer == default ? null : answer.Start - end,
            AgentInterruptions = agent.Count(segment => turn.Segment.Contains(segment.Start)),
        };
    }

    private static EvaluatedUtterance Other(EvaluatedUtterance sound, List<SpeechSegment> agent, TimeSpan next)
    {
        var (start, end) = (sound.Segment.Start, sound.Segment.End);
        var over = agent.Find(segment => segment.Contains(start));
        var isTakenForTurn = over != default
            ? over.End - start <= FalseYieldWindow
            : agent.Exists(segment => segment.Start >= start && segment.Start <= end + FalseAnswerWindow && segment.Start < next);
        return sound with { IsOverAgent = over != default, IsIgnored = !isTakenForTurn };
    }
}
