using Parley.Client;

namespace Parley.Cli.Calls;

/// <summary>Plays a recording into a session as a microphone would.</summary>
internal static class Speaker
{
    // Quieter than this, at the end of a recording, is nobody speaking.
    private const int Loud = 400;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>The recording up to where the speaker falls silent, so that times can be counted from there.</summary>
    internal static WavFile WithoutSilenceBehind(WavFile wav)
    {
        var end = wav.Samples.Span.LastIndexOfAnyExceptInRange((short)-Loud, (short)Loud) + 1;
        return new WavFile(wav.SampleRateHz, wav.Samples[..end]);
    }

    /// <summary>Speaks at the pace of speech.</summary>
    internal static async Task SpeakAsync(LiveSession session, WavFile wav, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(Pcm.ToBytes(wav.Samples.Span));
        await session.SendAudioAsync(stream, wav.SampleRateHz, AudioPacing.RealTime, cancellationToken);
    }

    /// <summary>Sends the silence of an open microphone, by which a server hears that a turn is over; ends with the token, or after 30 seconds.</summary>
    internal static Task KeepOpenAsync(LiveSession session, int rateHz, CancellationToken cancellationToken) =>
        SpeakAsync(session, new WavFile(rateHz, new short[new PcmFormat(rateHz).SamplesIn(LongestWait)]), cancellationToken);
}
