using Parley.Audio;
using Parley.Protocol;
using Parley.Testing.Evaluation.Measuring;
using Parley.Testing.Scenarios;

namespace Parley.Testing.Evaluation.Calling;

/// <summary>A step with its audio.</summary>
/// <param name="Step">The step.</param>
/// <param name="Sent">Samples at the rate of input, in whole frames; empty if it utters nothing.</param>
/// <param name="Recorded">The same at the rate of the recording.</param>
internal sealed record ScriptStep(CallerStep Step, short[] Sent, short[] Recorded);

/// <summary>Makes the audio of a call before it begins, so that nothing is synthesized while it runs.</summary>
internal static class CallerScript
{
    private const double SilenceDb = -50;

    internal static async Task<IReadOnlyList<ScriptStep>> PrepareAsync(EvaluationCall call, LiveEvaluationOptions options, CancellationToken cancellationToken)
    {
        var steps = new List<ScriptStep>();
        foreach (var step in call.Steps)
            steps.Add(step is UtterStep utter ? await PrepareAsync(utter, options, cancellationToken).ConfigureAwait(false) : new ScriptStep(step, [], []));
        return steps;
    }

    private static async Task<ScriptStep> PrepareAsync(UtterStep step, LiveEvaluationOptions options, CancellationToken cancellationToken)
    {
        var samples = new List<short>();
        foreach (var part in step.Parts)
        {
            if (part.Pause > TimeSpan.Zero)
            {
                samples.AddRange(new short[PcmFormat.Hz16000.SamplesIn(part.Pause)]);
                continue;
            }
            var spoken = part.Recording
                ?? await options.SpeakAsync(new EvaluationSpeech(part.Text!, step.Kind == UtteranceKind.SpeechToOthers), cancellationToken).ConfigureAwait(false);
            samples.AddRange(Trim(Rates.Convert(spoken.Samples.Span, spoken.SampleRateHz, AudioFormat.InputRateHz)));
        }
        var gain = Math.Pow(10, step.LevelDb / 20);
        var frames = (samples.Count + CallerRun.FrameSamples - 1) / CallerRun.FrameSamples;
        var sent = new short[frames * CallerRun.FrameSamples];
        for (var i = 0; i < samples.Count; i++)
            sent[i] = (short)Math.Clamp(samples[i] * gain, short.MinValue, short.MaxValue);
        return new ScriptStep(step, sent, Rates.Convert(sent, AudioFormat.InputRateHz, AudioFormat.OutputRateHz));
    }

    // An utterance begins and ends with its own sound.
    private static short[] Trim(short[] samples) =>
        SpeechSegmenter.Find(samples, AudioFormat.InputRateHz, SilenceDb, TimeSpan.FromHours(1)) is [var heard]
            ? samples[(int)PcmFormat.Hz16000.SamplesIn(heard.Start)..(int)Math.Min(samples.Length, PcmFormat.Hz16000.SamplesIn(heard.End))]
            : samples;
}
