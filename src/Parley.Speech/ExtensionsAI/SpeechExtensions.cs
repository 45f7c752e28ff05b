#pragma warning disable MEAI001 // Speech in Microsoft.Extensions.AI is experimental; only this folder uses it.
using Microsoft.Extensions.AI;
using Parley.Speech.ExtensionsAI;

namespace Parley.Speech;

/// <summary>Adapters between the speech interfaces of Parley and Microsoft.Extensions.AI, in both directions.</summary>
public static class SpeechExtensions
{
    /// <summary>Returns the recognizer as a client; disposing the client does not dispose the recognizer.</summary>
    public static ISpeechToTextClient AsSpeechToTextClient(this ISpeechRecognizer recognizer) => new RecognizerSpeechToTextClient(recognizer);

    /// <summary>Returns the client as a recognizer, which disposes it.</summary>
    public static ISpeechRecognizer AsSpeechRecognizer(this ISpeechToTextClient client, SpeechToTextOptions? options = null) => new SpeechToTextRecognizer(client, options);

    /// <summary>Returns the synthesizer as a client; disposing the client does not dispose the synthesizer.</summary>
    public static ITextToSpeechClient AsTextToSpeechClient(this ISpeechSynthesizer synthesizer) => new SynthesizerTextToSpeechClient(synthesizer);

    /// <summary>Returns the client as a synthesizer, which disposes it.</summary>
    public static ISpeechSynthesizer AsSpeechSynthesizer(this ITextToSpeechClient client, TextToSpeechOptions? options = null) => new TextToSpeechSynthesizer(client, options);
}
