using Microsoft.Extensions.AI;
using Parley.Speech;
using Parley.Speech.Activity;
using Parley.Speech.TurnTaking;

namespace Parley.Cascade;

/// <summary>The engines of a cascade. The chat model and the synthesizer are required; every other engine has a default.</summary>
public sealed record CascadeParts
{
    /// <summary>
    /// Chat model that answers. The functions of the session are declared to it; the client runs them, never the chat model.
    /// </summary>
    public required IChatClient ChatModel { get; init; }

    /// <summary>
    /// Answers a turn if <see cref="ChatModel"/> failed before it produced any text. Null (the default): one spoken sentence says that
    /// there is no answer.
    /// </summary>
    public IChatClient? FallbackChatModel { get; init; }

    /// <summary>TTS engine that speaks the answers.</summary>
    public required ISpeechSynthesizer Synthesizer { get; init; }

    /// <summary>
    /// Speaks the rest of an answer if <see cref="Synthesizer"/> failed. Null (the default): the rest is sent as transcription without
    /// audio.
    /// </summary>
    public ISpeechSynthesizer? FallbackSynthesizer { get; init; }

    /// <summary>
    /// STT engine. Null (the default): speech is not recognized; the chat model gets a placeholder such as "[1.9 seconds of speech]".
    /// </summary>
    public ISpeechRecognizer? Recognizer { get; init; }

    /// <summary>
    /// Creates a voice activity detector (VAD) for each session. Null (the default): <see cref="EnergyVoiceActivityDetector"/>.
    /// </summary>
    public IVoiceActivityDetectors? Detectors { get; init; }

    /// <summary>
    /// Creates a turn detector for each session, which estimates whether the user has finished. The default follows rules on the words
    /// recognized so far; <c>UseCascade</c> chooses by configuration. Null: the configured silence always ends the turn.
    /// </summary>
    public ITurnDetectors? TurnDetectors { get; init; } = new TranscriptTurnDetectors();

    /// <summary>Predicts what the user of a session is likely to say, to help the recognizer. Null (the default): no predictions.</summary>
    public ISpokenPhrases? Phrases { get; init; }
}
