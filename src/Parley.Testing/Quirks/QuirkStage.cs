using Parley.Protocol;
using Parley.Server;

namespace Parley.Testing.Quirks;

/// <summary>
/// What one quirk does to a session. The stages of a session lie around the model like shells: a message passes all of them, in either direction. Called by
/// several threads; a stage guards its own state, and calls others without its lock.
/// </summary>
internal abstract class QuirkStage
{
    internal QuirkSession Session { get; set; } = null!;

    /// <summary>Towards the client.</summary>
    internal QuirkStage Outer { get; set; } = null!;

    /// <summary>Towards the model.</summary>
    internal QuirkStage Inner { get; set; } = null!;

    /// <summary>Runs before the model starts; may wait, or refuse with a <see cref="LiveCloseException"/>.</summary>
    internal virtual ValueTask StartingAsync(CancellationToken cancellationToken) => default;

    /// <summary>A message of the client.</summary>
    internal virtual void FromClient(LiveSessionRequest message) => Inner.FromClient(message);

    /// <summary>Audio of the client.</summary>
    internal virtual void AudioFromClient(ReadOnlySpan<byte> pcm, int rateHz) => Inner.AudioFromClient(pcm, rateHz);

    /// <summary>A message of the model.</summary>
    internal virtual void ToClient(LiveSessionResponse message) => Outer.ToClient(message);

    /// <summary>A chunk of the answer.</summary>
    internal virtual void MediaToClient(in LiveMedia media) => Outer.MediaToClient(media);

    /// <summary>The model closes.</summary>
    internal virtual void Close(LiveClose close) => Outer.Close(close);

    /// <summary>A message or close was sent, in either direction, by the model or by the server around it.</summary>
    internal virtual void Observed(JournalEntry entry)
    {
    }

    /// <summary>The session has left its connection.</summary>
    internal virtual void Ended()
    {
    }

    private protected static LiveSessionResponse Message(ServerContent content) => new() { ServerContent = content };

    private protected static LiveSessionResponse Speech(params IEnumerable<ReadOnlyMemory<byte>> parts) => Message(new ServerContent
    {
        ModelTurn = new Content { Role = "model", Parts = [.. parts.Select(static pcm => new Part { InlineData = new Blob { MimeType = AudioFormat.OutputMimeType, Data = pcm } })] },
    });

    private protected static LiveSessionResponse Caption(string text) => Message(new ServerContent { OutputTranscription = new Transcription { Text = text } });
}
