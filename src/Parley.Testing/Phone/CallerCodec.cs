using Parley.Audio;
using Parley.Testing.Scenarios;

namespace Parley.Testing.Phone;

/// <summary>Between samples and the payloads of a call.</summary>
internal readonly struct CallerCodec(CallerEncoding encoding, int sampleRateHz)
{
    /// <summary>Duration of a frame: what every carrier sends.</summary>
    internal static TimeSpan Frame { get; } = TimeSpan.FromMilliseconds(20);

    internal int SampleRateHz => sampleRateHz;

    internal int FrameSamples => sampleRateHz / 50;

    internal byte[] Encode(ReadOnlySpan<short> samples)
    {
        if (encoding == CallerEncoding.Linear16)
            return Pcm.ToBytes(samples);
        var payload = new byte[samples.Length];
        G711.Encode(Law, samples, payload);
        return payload;
    }

    internal short[] Decode(ReadOnlySpan<byte> payload)
    {
        if (encoding == CallerEncoding.Linear16)
            return Pcm.ToSamples(payload);
        var samples = new short[payload.Length];
        G711.Decode(Law, payload, samples);
        return samples;
    }

    /// <summary>A recording at the rate of the call, filled up with silence to whole frames.</summary>
    internal short[] Prepare(WavFile recording)
    {
        var samples = Rates.Convert(recording.Samples.Span, recording.SampleRateHz, sampleRateHz);
        Array.Resize(ref samples, (samples.Length + FrameSamples - 1) / FrameSamples * FrameSamples);
        return samples;
    }

    private G711Law Law => encoding == CallerEncoding.ALaw ? G711Law.ALaw : G711Law.MuLaw;
}
