using Parley.Cli.Load;
using Parley.Protocol;

namespace Parley.Bench.Load.Client;

/// <summary>The messages of the clients, as frames built before the measurement.</summary>
internal static class Messages
{
    /// <summary>Audio in both directions; the client marks activity, so the server runs no speech detection.</summary>
    internal static readonly byte[] Setup = Utf8(
        """{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","generationConfig":{"responseModalities":["AUDIO"]},"realtimeInputConfig":{"automaticActivityDetection":{"disabled":true}}}}""");

    /// <summary>Audio in both directions, with speech detection by the server.</summary>
    internal static readonly byte[] ListeningSetup = Utf8(
        """{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","generationConfig":{"responseModalities":["AUDIO"]}}}""");

    /// <summary>Text, with a context window that is full after some hundred turns.</summary>
    internal static readonly byte[] TextSetup = Utf8(
        """{"setup":{"model":"models/gemini-2.0-flash-live-001","generationConfig":{"responseModalities":["TEXT"]},"contextWindowCompression":{"triggerTokens":"8000","slidingWindow":{"targetTokens":"4000"}}}}""");

    /// <summary>A turn that the built-in assistant and aimock answer with the same words.</summary>
    internal static readonly byte[] Question = Utf8(
        """{"clientContent":{"turns":[{"role":"user","parts":[{"text":"What is seven times six?"}]}],"turnComplete":true}}""");

    internal static readonly byte[] ActivityStart = Utf8("""{"realtimeInput":{"activityStart":{}}}""");

    /// <summary>A second of audio in messages of 20 ms.</summary>
    internal static readonly byte[][] AudioFrames = [.. Enumerable.Range(0, 50).Select(MakeAudioFrame)];

    /// <summary>A turn that asks for this many chunks of 40 ms.</summary>
    internal static byte[] Turn(int chunks) => Utf8(
        $$$"""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"{{{chunks}}}"}]}],"turnComplete":true}}""");

    private static byte[] MakeAudioFrame(int seed)
    {
        var pcm = Noise.Pcm(AudioFormat.InputRateHz / 50, seed, Noise.Quiet);
        var message = new byte[AudioMessage.MaxInputBytes(pcm.Length)];
        return LoadFrame.Encode(LoadFrame.Text, message.AsSpan(0, AudioMessage.WriteInput(pcm, AudioFormat.InputRateHz, message)));
    }

    private static byte[] Utf8(string text) => LoadFrame.OfText(text);
}
