using Parley.Audio;
using Parley.Client;
using Parley.Testing.Scenarios;

namespace Parley.Testing.Tests;

/// <summary>Recordings that stand for speech.</summary>
internal static class Sounds
{
    internal static WavFile Speech(string text) => new(24_000, Pcm.ToSamples(ToneVoice.Speak(text, null)));

    /// <summary>At 16 kHz.</summary>
    internal static byte[] Bytes(WavFile recording) => Rates.ToInput(recording);

    /// <summary>Sends a recording and the silence after it, as fast as possible.</summary>
    internal static async Task SendAsync(LiveSession session, WavFile recording, int chunkBytes, double gain)
    {
        var samples = Pcm.ToSamples(Rates.ToInput(recording));
        var pcm = new byte[(samples.Length * 2) + 32_000];
        Pcm.ToBytes([.. samples.Select(sample => (short)(sample * gain))], pcm);
        for (var at = 0; at < pcm.Length; at += chunkBytes)
            await session.SendAudioAsync(pcm.AsMemory(at, Math.Min(chunkBytes, pcm.Length - at)), cancellationToken: TestContext.Current.CancellationToken);
    }
}
