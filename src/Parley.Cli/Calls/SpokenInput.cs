using Parley.Client;

namespace Parley.Cli.Calls;

/// <summary>Sends a recording to a session in real time, as a microphone would.</summary>
internal static class SpokenInput
{
    // Samples at or below this level, of 32767, are silence.
    private const int SilenceLevel = 400;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>The recording without its trailing silence, so that latency is measured from the last sound.</summary>
    internal static WavFile TrimTrailingSilence(WavFile wav)
    {
        var end = wav.Samples.Span.LastIndexOfAnyExceptInRange((short)-SilenceLevel, (short)SilenceLevel) + 1;
        return new WavFile(wav.SampleRateHz, wav.Samples[..end]);
    }

    /// <summary>Sends the recording in real time.</summary>
    internal static async Task SendAsync(LiveSession session, WavFile wav, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(Pcm.ToBytes(wav.Samples.Span));
        await session.SendAudioAsync(stream, wav.SampleRateHz, AudioPacing.RealTime, cancellationToken);
    }

    /// <summary>
    /// Sends silence, as an open microphone does, so that the server detects the end of the turn. Stops with the token, or after 30
    /// seconds.
    /// </summary>
    internal static Task SendSilenceAsync(LiveSession session, int rateHz, CancellationToken cancellationToken) =>
        SendAsync(session, new WavFile(rateHz, new short[new PcmFormat(rateHz).SamplesIn(LongestWait)]), cancellationToken);
}
