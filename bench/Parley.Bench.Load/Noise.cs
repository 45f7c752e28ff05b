using System.Buffers.Binary;

namespace Parley.Bench.Load;

/// <summary>Audio whose base64 uses the whole alphabet.</summary>
internal static class Noise
{
    /// <summary>No detector takes it for speech.</summary>
    internal const int Quiet = 20;

    /// <summary>No silence at the start of an answer, which a server leaves out.</summary>
    internal const int Audible = 2_000;

    internal static byte[] Pcm(int samples, int seed, int amplitude)
    {
        var random = new Random(seed);
        var pcm = new byte[samples * sizeof(short)];
        for (var i = 0; i < pcm.Length; i += sizeof(short))
            BinaryPrimitives.WriteInt16LittleEndian(pcm.AsSpan(i), (short)random.Next(-amplitude, amplitude + 1));
        return pcm;
    }
}
