using Parley.Audio;
using Parley.Protocol;
using Parley.Testing.Scenarios;

namespace Parley.Testing;

/// <summary>Recordings for tests: 16 kHz, mono. Equal arguments give equal samples.</summary>
public static class Sound
{
    /// <summary>A stand-in for speech: tones in syllables, which detectors take for a voice. Other words sound different; nobody understands them.</summary>
    /// <param name="words">The words that it stands for.</param>
    /// <param name="duration">Null, the default: 70 ms for each character, at least 200 ms.</param>
    public static WavFile Speech(string words, TimeSpan? duration = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(words);
        if (duration is { } given)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(given, TimeSpan.Zero, nameof(duration));
        var spoken = new WavFile(AudioFormat.OutputRateHz, Pcm.ToSamples(ToneVoice.Speak(words, duration)));
        return new WavFile(AudioFormat.InputRateHz, Pcm.ToSamples(Rates.ToInput(spoken)));
    }

    /// <summary>Digital silence.</summary>
    /// <param name="duration">How long.</param>
    public static WavFile Silence(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        return new WavFile(AudioFormat.InputRateHz, new short[PcmFormat.Hz16000.SamplesIn(duration)]);
    }

    /// <summary>Recordings one after another.</summary>
    /// <param name="recordings">Any rates.</param>
    public static WavFile Join(params WavFile[] recordings)
    {
        ArgumentNullException.ThrowIfNull(recordings);
        return new WavFile(AudioFormat.InputRateHz, recordings.SelectMany(static recording => Pcm.ToSamples(Rates.ToInput(recording))).ToArray());
    }
}
