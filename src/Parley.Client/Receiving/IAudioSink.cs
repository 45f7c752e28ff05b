namespace Parley.Client;

/// <summary>
/// Takes the sound of answers without a copy to keep: for <see cref="LiveSession.ReadAllAsync(IAudioSink, CancellationToken)"/>. Called in the
/// order of the updates, by whoever reads the session.
/// </summary>
public interface IAudioSink
{
    /// <summary>A piece of the spoken answer. Copy it or play it before you return: the memory is used again.</summary>
    /// <param name="pcm">PCM16 little-endian mono, whole samples.</param>
    /// <param name="rateHz">Rate in Hz; 24,000 on every known model.</param>
    void Write(ReadOnlySpan<byte> pcm, int rateHz);
}
