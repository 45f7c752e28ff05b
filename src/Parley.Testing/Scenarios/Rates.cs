using Parley.Audio;
using Parley.Protocol;

namespace Parley.Testing.Scenarios;

/// <summary>Conversions between the rates of the protocol.</summary>
internal static class Rates
{
    /// <summary>From the 16 kHz of input to the 24 kHz of output.</summary>
    internal static byte[] ToOutput(ReadOnlySpan<byte> pcm) => Pcm.ToBytes(Convert(Pcm.ToSamples(pcm), AudioFormat.InputRateHz, AudioFormat.OutputRateHz));

    /// <summary>Audio of the server at the rate of output, whatever its media type says.</summary>
    internal static ReadOnlyMemory<byte> ToOutput(ReadOnlyMemory<byte> pcm, string mimeType) =>
        AudioFormat.TryParseRate(mimeType, AudioFormat.OutputRateHz, out var rateHz) && rateHz != AudioFormat.OutputRateHz
            ? Pcm.ToBytes(Convert(Pcm.ToSamples(pcm.Span), rateHz, AudioFormat.OutputRateHz)) : pcm;

    /// <summary>A recording at the rate of output.</summary>
    internal static ReadOnlyMemory<byte> ToOutput(WavFile recording) =>
        Pcm.ToBytes(Convert(recording.Samples.Span, recording.SampleRateHz, AudioFormat.OutputRateHz));

    /// <summary>A recording at the rate of input.</summary>
    internal static byte[] ToInput(WavFile recording) =>
        Pcm.ToBytes(Convert(recording.Samples.Span, recording.SampleRateHz, AudioFormat.InputRateHz));

    /// <summary>Samples at another rate.</summary>
    internal static short[] Convert(ReadOnlySpan<short> samples, int fromHz, int toHz)
    {
        if (fromHz == toHz)
            return samples.ToArray();
        var resampler = new Resampler(fromHz, toHz);
        var output = new short[resampler.MaxOutputSamples(samples.Length) + resampler.MaxFlushSamples];
        var count = resampler.Process(samples, output);
        count += resampler.Flush(output.AsSpan(count));
        return output[..count];
    }
}
