using System.Runtime.InteropServices;
using Parley.Audio;
using Parley.Protocol;

namespace Parley.Testing.Scenarios;

/// <summary>The audio of a session: one stream at 16 kHz, and the utterances of the turn that is not answered yet.</summary>
internal sealed class ScenarioInput
{
    /// <summary>Part of an utterance without known words in the history; never shown.</summary>
    internal const string NoWords = "[speech]";

    private const int MaxKeptBytes = 10 * 60 * 32_000;

    // Speech is noticed late, and begins softly.
    private const int PreRollSamples = 1_600;

    private readonly List<byte> _kept = [];
    private readonly List<(byte[] Pcm, string Words)> _utterances = [];
    private Resampler? _resampler;
    private long _keptFrom;

    internal ScenarioInput(Setup setup, double thresholdDb)
    {
        var detection = setup.RealtimeInputConfig?.AutomaticActivityDetection;
        Silence = TimeSpan.FromMilliseconds(detection?.SilenceDurationMs is > 0 and var given ? given : 800);
        Detector = new UtteranceDetector(thresholdDb, Silence);
    }

    internal UtteranceDetector Detector { get; }

    /// <summary>Silence that ends an utterance.</summary>
    internal TimeSpan Silence { get; }

    /// <summary>Samples so far.</summary>
    internal long Position => _keptFrom + (_kept.Count / 2);

    /// <summary>Adds audio of any rate.</summary>
    /// <returns>The audio at 16 kHz.</returns>
    internal ReadOnlySpan<byte> Add(ReadOnlySpan<byte> pcm, int rateHz)
    {
        var from = _kept.Count;
        if (rateHz == AudioFormat.InputRateHz)
        {
            _kept.AddRange(pcm);
        }
        else
        {
            if (_resampler?.InputRateHz != rateHz)
                _resampler = new Resampler(rateHz, AudioFormat.InputRateHz);
            var output = new short[_resampler.MaxOutputSamples(pcm.Length / 2)];
            var count = _resampler.Process(pcm, output);
            _kept.AddRange(MemoryMarshal.AsBytes(output.AsSpan(0, count)));
        }
        return CollectionsMarshal.AsSpan(_kept)[from..];
    }

    /// <summary>Forgets audio before a position that no utterance needs, and more than ten minutes of it in any case.</summary>
    internal void Forget(long beforeSample)
    {
        var bytes = (int)Math.Clamp((beforeSample - PreRollSamples - _keptFrom) * 2, Math.Max(0, _kept.Count - MaxKeptBytes), _kept.Count);
        _kept.RemoveRange(0, bytes);
        _keptFrom += bytes / 2;
    }

    /// <summary>The samples of an utterance, as far as they are kept.</summary>
    internal byte[] Slice(long from, long to, bool withPreRoll)
    {
        var first = Math.Max(0, from - (withPreRoll ? PreRollSamples : 0) - _keptFrom);
        var last = Math.Clamp(to - _keptFrom, first, _kept.Count / 2);
        return CollectionsMarshal.AsSpan(_kept)[(int)(first * 2)..(int)(last * 2)].ToArray();
    }

    internal void AddUtterance(byte[] pcm, string words) => _utterances.Add((pcm, words));

    /// <summary>Takes the utterances of the turn: their audio, their words, and the texts that stand for them in the history.</summary>
    internal (byte[] Audio, string? Transcript, List<string> Texts) TakeUtterances()
    {
        var known = _utterances.Select(static utterance => utterance.Words).Where(static words => words != NoWords).ToList();
        var result = (_utterances.SelectMany(static utterance => utterance.Pcm).ToArray(), known.Count == 0 ? null : string.Join(' ', known), _utterances.ConvertAll(static utterance => utterance.Words));
        _utterances.Clear();
        return result;
    }
}
