using Parley.Client;
using Parley.Protocol;

namespace Parley.Cli.Calls;

/// <summary>Sends a recording to a session in real time, as a microphone would.</summary>
internal static class SpokenInput
{
    // Samples at or below this level, of 32767, are silence.
    private const int SilenceLevel = 400;

    private static readonly TimeSpan SilencePiece = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The recording without its trailing silence, so that latency is measured from the last sound; unchanged if nothing is louder.
    /// </summary>
    internal static WavFile TrimTrailingSilence(WavFile wav)
    {
        var end = wav.Samples.Span.LastIndexOfAnyExceptInRange((short)-SilenceLevel, (short)SilenceLevel) + 1;
        return end == 0 ? wav : new WavFile(wav.SampleRateHz, wav.Samples[..end]);
    }

    /// <summary>Sends the recording in real time.</summary>
    internal static async Task SendAsync(LiveSession session, WavFile wav, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(Pcm.ToBytes(wav.Samples.Span));
        await session.SendAudioAsync(stream, wav.SampleRateHz, AudioPacing.RealTime, cancellationToken);
    }

    /// <summary>Sends a pipe as it comes, at most in real time: a WAV file, or raw PCM16 at 16 kHz.</summary>
    internal static async Task SendAsync(LiveSession session, Stream pipe, CancellationToken cancellationToken) =>
        await session.SendAudioAsync(pipe, AudioFormat.InputRateHz, AudioPacing.RealTime, cancellationToken);

    /// <summary>Sends silence, as an open microphone does, so that the server detects the end of the turn. Stops with the token.</summary>
    internal static async Task SendSilenceAsync(LiveSession session, CancellationToken cancellationToken)
    {
        var silence = new WavFile(AudioFormat.InputRateHz, new short[new PcmFormat(AudioFormat.InputRateHz).SamplesIn(SilencePiece)]);
        while (!cancellationToken.IsCancellationRequested)
            await SendAsync(session, silence, cancellationToken);
    }
}
