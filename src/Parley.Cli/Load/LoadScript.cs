using System.Text.Json;
using Parley.Protocol;

namespace Parley.Cli.Load;

/// <summary>The frames of the callers, encoded once and shared by all of them.</summary>
internal sealed class LoadScript
{
    private const string Request = "Please tell me a long story about the sea, the ships and the people who live there.";

    private LoadScript(byte[] setup, byte[][] speech, byte[] silence) => (Setup, Speech, Silence) = (setup, speech, silence);

    /// <summary>Audio in both directions, with everything else as the server likes it.</summary>
    internal byte[] Setup { get; }

    /// <summary>A spoken question, one message a frame. The last message holds its last sound.</summary>
    internal byte[][] Speech { get; }

    /// <summary>A frame of silence.</summary>
    internal byte[] Silence { get; }

    /// <summary>A typed request for a long answer.</summary>
    internal byte[] Story { get; } = LoadFrame.OfText("{\"realtimeInput\":{\"text\":\"" + Request + "\"}}");

    /// <param name="model">Model of the sessions.</param>
    /// <param name="question">A recording of any rate that ends with its last sound.</param>
    /// <param name="frame">Audio in one message.</param>
    internal static LoadScript Create(string model, WavFile question, TimeSpan frame)
    {
        var name = JsonSerializer.Serialize(model.Contains('/', StringComparison.Ordinal) ? model : $"models/{model}");
        var setup = LoadFrame.OfText($$$$"""{"setup":{"model":{{{{name}}}},"generationConfig":{"responseModalities":["AUDIO"]}}}""");
        var length = (int)PcmFormat.Hz16000.SamplesIn(frame);
        var speech = Resample(question).Chunk(length).Select(samples => OfAudio(Pad(samples, length))).ToArray();
        return new LoadScript(setup, speech, OfAudio(new short[length]));
    }

    private static short[] Resample(WavFile wav)
    {
        var resampler = new Resampler(wav.SampleRateHz, PcmFormat.Hz16000.SampleRateHz);
        var samples = new short[resampler.MaxOutputSamples(wav.Samples.Length) + resampler.MaxFlushSamples];
        var length = resampler.Process(wav.Samples.Span, samples);
        return samples[..(length + resampler.Flush(samples.AsSpan(length)))];
    }

    // A message of another length would be late for the next.
    private static short[] Pad(short[] samples, int length) => samples.Length == length ? samples : [.. samples, .. new short[length - samples.Length]];

    private static byte[] OfAudio(short[] samples)
    {
        var pcm = Pcm.ToBytes(samples);
        var message = new byte[AudioMessage.MaxInputBytes(pcm.Length)];
        return LoadFrame.Encode(LoadFrame.Text, message.AsSpan(0, AudioMessage.WriteInput(pcm, AudioFormat.InputRateHz, message)));
    }
}
