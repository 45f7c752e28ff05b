namespace Parley.Client;

/// <summary>
/// Receives the audio of answers without allocation: for <see cref="LiveSession.ReadAllAsync(IAudioSink, CancellationToken)"/>. Called in
/// the order of the updates, on the thread that reads the session.
/// </summary>
public interface IAudioSink
{
    /// <summary>Receives a piece of the spoken answer. Copy or play it before returning: the memory is reused.</summary>
    /// <param name="pcm">PCM16 little-endian mono, whole samples.</param>
    /// <param name="rateHz">Rate in Hz; 24,000 on every known model.</param>
    void Write(ReadOnlySpan<byte> pcm, int rateHz);
}
