namespace Parley.Recording.Sessions;

/// <summary>From the first to the last loud chunk of a side: where a transcript without times is.</summary>
internal struct SpeechSpan
{
    // -40 dB of full scale: louder than a quiet room at a microphone.
    private const double Loud = 328;

    public SpeechSpan()
    {
    }

    internal long From { get; private set; } = -1;

    internal long To { get; private set; } = -1;

    internal readonly bool IsAny => From >= 0;

    internal void Hear(ReadOnlySpan<byte> pcm, long from, long to)
    {
        if (!IsLoud(pcm))
            return;
        if (!IsAny)
            From = from;
        To = to;
    }

    private static bool IsLoud(ReadOnlySpan<byte> pcm)
    {
        var samples = pcm.Length / Pcm.BytesPerSample;
        if (samples == 0)
            return false;
        double sum = 0;
        for (var i = 0; i < samples; i++)
        {
            var sample = (double)System.Buffers.Binary.BinaryPrimitives.ReadInt16LittleEndian(pcm[(i * Pcm.BytesPerSample)..]);
            sum += sample * sample;
        }
        return sum > Loud * Loud * samples;
    }
}
