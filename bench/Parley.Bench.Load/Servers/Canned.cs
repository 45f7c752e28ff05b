using Parley.Protocol;

namespace Parley.Bench.Load.Servers;

/// <summary>The output of both servers: 40 ms of noise at 24 kHz, and prebuilt messages for the yardstick.</summary>
internal static class Canned
{
    internal static readonly byte[] Chunk = Noise.Pcm(AudioFormat.OutputRateHz / 25, seed: 1, Noise.Audible);
    internal static readonly byte[] Audio = MakeAudio();
    internal static readonly byte[] SetupComplete = "{\"setupComplete\":{}}"u8.ToArray();
    internal static readonly byte[] GenerationComplete = "{\"serverContent\":{\"generationComplete\":true}}"u8.ToArray();
    internal static readonly byte[] TurnComplete = "{\"serverContent\":{\"turnComplete\":true}}"u8.ToArray();

    private static byte[] MakeAudio()
    {
        var message = new byte[AudioMessage.OutputBytes(Chunk.Length)];
        return message[..AudioMessage.WriteOutput(Chunk, message)];
    }
}
