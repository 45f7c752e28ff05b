using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>
/// What a conversation wants done. It is called in the middle of an event, so an implementation only notes or starts things and never
/// calls back into the conversation. The order of the calls is the order on the wire.
/// </summary>
public interface IConversationEffects
{
    /// <summary>Send a message to the client.</summary>
    void Send(LiveSessionResponse message);

    /// <summary>Send a chunk of the answer, unless its generation is cancelled first; report it with <see cref="ConversationMachine.MediaSent"/>.</summary>
    /// <param name="generation">The generation it belongs to.</param>
    /// <param name="sequence">Number of the chunk, rising over the whole conversation.</param>
    /// <param name="pcm">24 kHz PCM16; empty for a text answer.</param>
    /// <param name="text">Text to send with it: transcription of the audio, or the text itself; null = none.</param>
    void SendMedia(int generation, long sequence, ReadOnlyMemory<byte> pcm, string? text);

    /// <summary>Let the brain answer.</summary>
    void StartGeneration(GenerationRequest request);

    /// <summary>Stop the brain and the voice, and leave out what is not sent yet of this generation and those before it.</summary>
    void CancelGeneration(int generation);

    /// <summary>An utterance began: recognise the audio from this sample on (16 kHz, counted from the start of the connection).</summary>
    void StartRecognition(int utterance, long fromSample);

    /// <summary>
    /// The utterance ended at this sample; answer with <see cref="ConversationMachine.Recognized"/> or
    /// <see cref="ConversationMachine.RecognitionFailed"/>.
    /// </summary>
    void FinishRecognition(int utterance, long toSample);

    /// <summary>Call <see cref="ConversationMachine.PlaybackEnded"/> after this time; a later call replaces an earlier one.</summary>
    void SetPlaybackTimer(TimeSpan due);

    /// <summary>The conversation could be resumed from this state; null = it cannot be now.</summary>
    void Checkpoint(ConversationState? state);

    /// <summary>Something of the client was accepted and knowingly has no effect; worth a log line.</summary>
    void Ignored(string what);

    /// <summary>End the session; the conversation does nothing any more.</summary>
    /// <param name="code">WebSocket close code.</param>
    /// <param name="reason">Close reason.</param>
    void Close(int code, string reason);
}

/// <summary>An answer the brain is asked for.</summary>
/// <param name="Generation">Its number: what comes back with another number is stale and ignored.</param>
/// <param name="History">The conversation so far, oldest first; a snapshot that never changes.</param>
/// <param name="SystemInstruction">Text of the instruction; null = none.</param>
/// <param name="Functions">Functions that may be called.</param>
public sealed record GenerationRequest(
    int Generation, IReadOnlyList<Content> History, string? SystemInstruction, IReadOnlyList<FunctionDeclaration> Functions)
{
    /// <summary>What the user said could not be recognised: there is nothing to ask the brain, only to ask the user to say it again.</summary>
    public bool SpeechWasLost { get; init; }
}
