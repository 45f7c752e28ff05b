using System.Text;
using Parley.Protocol;

namespace Parley.Bench.Relay;

/// <summary>The messages, built before the measurement.</summary>
internal static class Frames
{
    internal static readonly byte[] Setup = Encoding.UTF8.GetBytes(
        """{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","sessionResumption":{},"generationConfig":{"responseModalities":["AUDIO"]}}}""");

    internal static readonly byte[] SetupComplete = Encoding.UTF8.GetBytes("{\n  \"setupComplete\": {}\n}\n");

    /// <summary>20 ms of a microphone: 640 B of PCM, 929 B of JSON.</summary>
    internal static readonly byte[] Spoken = MakeSpoken();

    /// <summary>20 ms of an answer at 24 kHz, formatted as by the public service.</summary>
    internal static readonly byte[] Answered = Encoding.UTF8.GetBytes(
        "{\n  \"serverContent\": {\n    \"modelTurn\": {\n      \"parts\": [\n        {\n          \"inlineData\": {\n            \"mimeType\": \"audio/pcm;rate=24000\",\n            \"data\": \""
        + Convert.ToBase64String(Noise(960)) + "\"\n          }\n        }\n      ]\n    }\n  }\n}\n");

    private static byte[] MakeSpoken()
    {
        var pcm = Noise(640);
        var message = new byte[AudioMessage.MaxInputBytes(pcm.Length)];
        return message[..AudioMessage.WriteInput(pcm, AudioFormat.InputRateHz, message)];
    }

    private static byte[] Noise(int bytes)
    {
        var noise = new byte[bytes];
        new Random(1).NextBytes(noise);
        return noise;
    }
}
