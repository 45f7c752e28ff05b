using System.Buffers.Binary;

namespace Parley.Bench.Load;

/// <summary>Audio whose base64 uses the whole alphabet, and that no detector takes for speech.</summary>
internal static class QuietNoise
{
    private const int Amplitude = 20;

    internal static byte[] Pcm(int samples, int seed)
    {
        var random = new Random(seed);
        var pcm = new byte[samples * sizeof(short)];
        for (var i = 0; i < pcm.Length; i += sizeof(short))
            BinaryPrimitives.WriteInt16LittleEndian(pcm.AsSpan(i), (short)random.Next(-Amplitude, Amplitude + 1));
        return pcm;
    }
}
