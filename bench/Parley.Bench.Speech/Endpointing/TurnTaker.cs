using Parley.Speech;
using Parley.Speech.Activity;
using Parley.Speech.Worker.Recognition;

namespace Parley.Bench.Speech.Endpointing;

/// <summary>The result of one scene.</summary>
/// <param name="Starts">Number of detected speech starts.</param>
/// <param name="EarlyEnds">Turns that ended before the end of speech.</param>
/// <param name="Latency">From the end of the speech to the end of the turn, in milliseconds; NaN if no turn ended after it.</param>
internal sealed record Outcome(int Starts, int EarlyEnds, double Latency);

/// <summary>
/// Detector, segmenter, recognizer and turn detector combined as in the server, with time counted in samples: the recognizer processes each
/// chunk before the next one, so the result is the same on any machine.
/// </summary>
internal sealed class TurnTaker(IVoiceActivityDetectors detectors, SphinxDecoder? recognizer, ITurnDetector? judge, TimeSpan silence)
{
    private const int Chunk = 320;

    internal Outcome Listen(Scene scene)
    {
        using var segmenter = new ActivitySegmenter(detectors.Create(), new ActivitySettings { SilenceDuration = silence });
        var (starts, early, latency) = (0, 0, double.NaN);
        var fed = 0L;
        for (var from = 0; from < scene.Sound.Length; from += Chunk)
        {
            var to = Math.Min(scene.Sound.Length, from + Chunk);
            ReadOnlySpan<short> samples = scene.Sound.AsSpan(from, to - from);
            while (segmenter.Advance(ref samples, out var transition))
            {
                if (transition.Kind == ActivityTransitionKind.Started)
                {
                    starts++;
                    fed = transition.Sample;
                    segmenter.SilenceDuration = silence;
                    recognizer?.Begin([], []);
                }
                else if (transition.DetectedAtSample < scene.SpeechEnd)
                {
                    early++;
                }
                else if (double.IsNaN(latency))
                {
                    latency = (transition.DetectedAtSample - scene.SpeechEnd) / 16.0;
                }
            }
            if (segmenter.IsActive && judge is not null && recognizer is not null)
            {
                segmenter.SilenceDuration = judge.GetEndOfTurnSilence(recognizer.Accept(scene.Sound.AsSpan((int)fed, to - (int)fed)), silence);
                fed = to;
            }
        }
        return new(starts, early, latency);
    }
}
