using Parley.Protocol;

namespace Parley.Testing.Scenarios;

/// <summary>
/// A stand-in for speech: a tone with a syllable for every three characters, of plausible length. Equal words give equal bytes; other words have another
/// pitch and rhythm.
/// </summary>
internal static class ToneVoice
{
    private static readonly TimeSpan PerCharacter = TimeSpan.FromMilliseconds(70);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(200);

    private const double Amplitude = 8_000;

    internal static byte[] Speak(string text, TimeSpan? duration)
    {
        var time = duration ?? (text.Length * PerCharacter < Shortest ? Shortest : text.Length * PerCharacter);
        var samples = (int)(time.Ticks * AudioFormat.OutputRateHz / TimeSpan.TicksPerSecond);
        var pcm = new byte[samples * 2];
        var hash = Hash(text);
        var pitch = 120 + (hash % 120);
        var syllables = Math.Max(1, text.Length / 3);
        for (var i = 0; i < samples; i++)
        {
            var at = (double)i / samples * syllables;
            // Silence between syllables is short, so that no detector takes it for the end of speech.
            var envelope = Math.Sin(Math.PI * (at - Math.Floor(at)));
            var loudness = 0.4 + (0.6 * (((hash >> ((int)at % 24)) & 1) == 0 ? 0.5 : 1));
            var value = (short)(Amplitude * loudness * envelope * Math.Sin(2 * Math.PI * pitch * i / AudioFormat.OutputRateHz));
            BitConverter.TryWriteBytes(pcm.AsSpan(i * 2), value);
        }
        return pcm;
    }

    // Not string.GetHashCode, which differs in every process.
    private static uint Hash(string text)
    {
        var hash = 2_166_136_261u;
        foreach (var character in text)
            hash = (hash ^ character) * 16_777_619u;
        return hash;
    }
}
