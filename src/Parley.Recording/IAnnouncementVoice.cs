namespace Parley.Recording;

/// <summary>
/// Speaks <see cref="RecordingOptions.Announcement"/> if there is no <see cref="RecordingOptions.AnnouncementAudio"/>. Register one as a singleton;
/// <c>parley serve</c> uses its own speech synthesis. It is asked once, at the start of the server.
/// </summary>
public interface IAnnouncementVoice
{
    /// <summary>Speaks a text. After an exception the announcement has no audio, and a warning is logged.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Cancelled after half a minute.</param>
    /// <returns>24 kHz mono PCM16; empty if the text cannot be spoken. What is longer than a minute is not used.</returns>
    Task<ReadOnlyMemory<byte>> SpeakAsync(string text, CancellationToken cancellationToken);
}
