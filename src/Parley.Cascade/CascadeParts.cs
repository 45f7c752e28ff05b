using Microsoft.Extensions.AI;
using Parley.Speech;
using Parley.Speech.Activity;
using Parley.Speech.TurnTaking;

namespace Parley.Cascade;

/// <summary>The engines a cascade is made of. Only brain and voice are indispensable; the others stand in for something that works.</summary>
public sealed record CascadeParts
{
    /// <summary>Answers; tools are declared to it and never run by it.</summary>
    public required IChatClient ChatModel { get; init; }

    /// <summary>Answers where <see cref="ChatModel"/> failed before it said anything; null = one sentence says that there is no answer.</summary>
    public IChatClient? FallbackChatModel { get; init; }

    /// <summary>Speaks.</summary>
    public required ISpeechSynthesizer Synthesizer { get; init; }

    /// <summary>Speaks the rest of an answer where <see cref="Synthesizer"/> failed; null = the words come as transcription alone.</summary>
    public ISpeechSynthesizer? FallbackSynthesizer { get; init; }

    /// <summary>Understands speech; null = the brain is told how long the user spoke, and that nobody understood it.</summary>
    public ISpeechRecognizer? Recognizer { get; init; }

    /// <summary>Hear that somebody speaks; null = <see cref="EnergyVoiceActivityDetector"/>.</summary>
    public IVoiceActivityDetectors? Detectors { get; init; }

    /// <summary>Says how much silence ends a turn; default <see cref="TranscriptTurnDetector"/>.</summary>
    public ITurnDetector TurnDetector { get; init; } = new TranscriptTurnDetector();

    /// <summary>Knows what users of a session are likely to say; null = nothing is known.</summary>
    public ISpokenPhrases? Phrases { get; init; }
}
