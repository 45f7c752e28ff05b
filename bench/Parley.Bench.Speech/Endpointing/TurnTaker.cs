using Parley.Speech;
using Parley.Speech.Activity;
using Parley.Speech.TurnTaking;

namespace Parley.Bench.Speech.Endpointing;

/// <summary>The result of one scene.</summary>
/// <param name="Starts">Number of detected speech starts.</param>
/// <param name="EarlyEnds">Turns that ended before the end of speech.</param>
/// <param name="Latency">From the end of the speech to the end of the turn, in milliseconds; NaN if no turn ended after it.</param>
/// <param name="Speech">Duration of the speech of the last turn.</param>
/// <param name="Words">Its transcript; empty without a turn detector.</param>
internal sealed record Outcome(int Starts, int EarlyEnds, double Latency, TimeSpan Speech, string Words);

/// <summary>
/// Voice activity detector, segmenter, recognizer and turn detector combined as in the server, with time counted in samples.
/// </summary>
internal sealed class TurnTaker(RecordedActivity activity, Decodings decodings, ITurnDetectors? turnDetectors, TimeSpan silence)
{
    internal const int Chunk = 320;

    internal Outcome Listen(Scene scene)
    {
        using var segmenter = new ActivitySegmenter(activity.For(scene), new ActivitySettings { SilenceDuration = silence });
        using var turnDetector = turnDetectors?.Create();
        var policy = new EndpointingPolicy(silence, MayShorten: true);
        List<(int At, string Partial)> partials = [];
        var (starts, early, latency, started, heard) = (0, 0, double.NaN, 0L, 0);
        var speech = TimeSpan.Zero;
        for (var from = 0; from < scene.Sound.Length; from += Chunk)
        {
            var to = Math.Min(scene.Sound.Length, from + Chunk);
            ReadOnlySpan<short> samples = scene.Sound.AsSpan(from, to - from);
            while (segmenter.Advance(ref samples, out var transition))
            {
                if (transition.Kind == ActivityTransitionKind.Started)
                {
                    starts++;
                    (started, heard) = (transition.Sample, 0);
                    segmenter.SilenceDuration = silence;
                    partials = turnDetector is null ? [] : decodings.Of(scene, (int)started);
                    turnDetector?.BeginTurn();
                }
                else
                {
                    speech = PcmFormat.Hz16000.DurationOf(transition.Sample - started);
                    if (transition.DetectedAtSample < scene.SpeechEnd)
                        early++;
                    else if (double.IsNaN(latency))
                        latency = (transition.DetectedAtSample - scene.SpeechEnd) / 16.0;
                }
            }
            if (turnDetector is null)
                continue;
            turnDetector.Process(scene.Sound.AsSpan(from, to - from), segmenter.SpeechProbability);
            if (!segmenter.IsActive)
                continue;
            while (heard < partials.Count && partials[heard].At <= to)
                heard++;
            var state = new TurnState(
                heard == 0 ? "" : partials[heard - 1].Partial, PcmFormat.Hz16000.DurationOf(segmenter.Position - segmenter.SpeechEnd),
                PcmFormat.Hz16000.DurationOf(segmenter.SpeechEnd - started), SinceAnswer: null, AnswersQuestion: false);
            segmenter.SilenceDuration = policy.SilenceFor(turnDetector.GetEndProbability(state));
        }
        return new(starts, early, latency, speech, partials.Count == 0 ? "" : partials[^1].Partial);
    }
}
