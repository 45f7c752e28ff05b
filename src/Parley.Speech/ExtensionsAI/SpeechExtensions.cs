#pragma warning disable MEAI001 // Speech in Microsoft.Extensions.AI is experimental; this file and its neighbours are the only ones that touch it.
using Microsoft.Extensions.AI;

namespace Parley.Speech;

/// <summary>Speech of ours for Microsoft.Extensions.AI, and the other way round.</summary>
public static class SpeechExtensions
{
    /// <summary>The recognizer as client; it is not disposed with it.</summary>
    public static ISpeechToTextClient AsSpeechToTextClient(this ISpeechRecognizer recognizer) => new RecognizerSpeechToTextClient(recognizer);

    /// <summary>The client as recognizer; it is disposed with it.</summary>
    public static ISpeechRecognizer AsSpeechRecognizer(this ISpeechToTextClient client, SpeechToTextOptions? options = null) => new SpeechToTextRecognizer(client, options);

    /// <summary>The synthesizer as client; it is not disposed with it.</summary>
    public static ITextToSpeechClient AsTextToSpeechClient(this ISpeechSynthesizer synthesizer) => new SynthesizerTextToSpeechClient(synthesizer);

    /// <summary>The client as synthesizer; it is disposed with it.</summary>
    public static ISpeechSynthesizer AsSpeechSynthesizer(this ITextToSpeechClient client, TextToSpeechOptions? options = null) => new TextToSpeechSynthesizer(client, options);
}
