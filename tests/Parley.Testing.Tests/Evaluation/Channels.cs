using Parley.Audio;

namespace Parley.Testing.Tests.Evaluation;

/// <summary>Recordings with hard edges: a tone from one time to another, in seconds.</summary>
internal static class Channels
{
    internal const int RateHz = 16_000;

    internal static short[] Of(double length, params (double From, double To)[] spans)
    {
        var samples = new short[(int)(length * RateHz)];
        foreach (var (from, to) in spans)
        {
            for (var i = (int)Math.Round(from * RateHz); i < (int)Math.Round(to * RateHz); i++)
                samples[i] = (short)(i % 40 < 20 ? 6_000 : -6_000);
        }
        return samples;
    }

    /// <summary>A tone without silence around it.</summary>
    internal static WavFile Tone(double seconds, int rateHz = RateHz)
    {
        var samples = new short[(int)(seconds * rateHz)];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (short)(i % 40 < 20 ? 6_000 : -6_000);
        return new WavFile(rateHz, samples);
    }

    internal static EvaluationUtterance Utterance(UtteranceKind kind, double from, double to, string? words = null) =>
        new(kind, TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(to), words);

    internal static EvaluationReport Measure((double, double)[] user, (double, double)[] agent, params EvaluationUtterance[] utterances) =>
        LiveEvaluation.Measure([Recording(user, agent) with { Utterances = utterances.Length > 0 ? utterances : null }]);

    internal static EvaluationRecording Recording((double, double)[] user, (double, double)[] agent) =>
        new() { Name = "call", Audio = new StereoRecording(RateHz, Of(20, user), Of(20, agent)) };

    internal static double Seconds(this TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}
