using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>
/// Effects of a conversation. Called during an event: an implementation queues or starts work, and must not call back into the
/// conversation. The order of the calls is the order on the wire.
/// </summary>
public interface IConversationEffects
{
    /// <summary>Send a message to the client.</summary>
    void Send(LiveSessionResponse message);

    /// <summary>
    /// Send a chunk of the answer, unless its generation is cancelled first; report it with <see cref="ConversationMachine.MediaSent"/>.
    /// </summary>
    /// <param name="generation">The generation it belongs to.</param>
    /// <param name="sequence">Number of the chunk, increasing over the whole conversation.</param>
    /// <param name="pcm">24 kHz PCM16; empty for a text answer.</param>
    /// <param name="text">Text to send with it: transcription of the audio, or the text itself; null = none.</param>
    void SendMedia(int generation, long sequence, ReadOnlyMemory<byte> pcm, string? text);

    /// <summary>Start a generation of the chat model.</summary>
    void StartGeneration(GenerationRequest request);

    /// <summary>Stop generation and synthesis, and drop what is not sent yet of this generation and earlier ones.</summary>
    void CancelGeneration(int generation);

    /// <summary>An utterance began: recognize the audio from this sample on (16 kHz, counted from the start of the connection).</summary>
    void StartRecognition(int utterance, long fromSample);

    /// <summary>
    /// The utterance ended at this sample; answer with <see cref="ConversationMachine.Recognized"/> or
    /// <see cref="ConversationMachine.RecognitionFailed"/>.
    /// </summary>
    void FinishRecognition(int utterance, long toSample);

    /// <summary>Call <see cref="ConversationMachine.PlaybackEnded"/> after this time; a later call replaces an earlier one.</summary>
    void SetPlaybackTimer(TimeSpan due);

    /// <summary>The conversation can be resumed from this state; null: not at present.</summary>
    void Checkpoint(ConversationState? state);

    /// <summary>Client input was accepted but has no effect; worth a log line.</summary>
    void Ignored(string what);

    /// <summary>End the session; the conversation ignores all further events.</summary>
    /// <param name="code">WebSocket close code.</param>
    /// <param name="reason">Close reason.</param>
    void Close(int code, string reason);
}

/// <summary>A request to the chat model.</summary>
/// <param name="Generation">Its number: output with another number is stale and ignored.</param>
/// <param name="History">The conversation so far, oldest first; a snapshot that never changes.</param>
/// <param name="SystemInstruction">Text of the instruction; null = none.</param>
/// <param name="Functions">Functions that may be called.</param>
public sealed record GenerationRequest(
    int Generation, IReadOnlyList<Content> History, string? SystemInstruction, IReadOnlyList<FunctionDeclaration> Functions)
{
    /// <summary>
    /// Recognition failed: there is nothing to send to the chat model; ask the user to repeat.
    /// </summary>
    public bool SpeechWasLost { get; init; }
}
