namespace Parley.Speech;

/// <summary>A WAV file as the bytes that servers take.</summary>
internal static class WavBytes
{
    public static byte[] ToBytes(this WavFile file)
    {
        using var bytes = new MemoryStream();
        file.Write(bytes);
        return bytes.ToArray();
    }
}
