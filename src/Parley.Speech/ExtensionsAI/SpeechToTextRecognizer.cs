#pragma warning disable MEAI001 // Speech in Microsoft.Extensions.AI is experimental; only this folder uses it.
using Microsoft.Extensions.AI;
using Parley.Speech.Recognition;

namespace Parley.Speech.ExtensionsAI;

/// <summary>
/// Recognizes speech with any <see cref="ISpeechToTextClient"/> of Microsoft.Extensions.AI. The client gets each utterance as one WAV
/// file of 16 kHz at its end; there are no partial results, and phrases are not used.
/// </summary>
/// <param name="client">The client; disposed with the recognizer.</param>
/// <param name="options">Options of each call, such as the model; the language is overwritten. Null for none.</param>
internal sealed class SpeechToTextRecognizer(ISpeechToTextClient client, SpeechToTextOptions? options = null) : ISpeechRecognizer, IDisposable
{
    /// <inheritdoc/>
    public string Name => client.GetService<SpeechToTextClientMetadata>()?.ProviderName ?? client.GetType().Name;

    /// <inheritdoc/>
    public IRecognition Start(RecognitionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new BufferedRecognition((sound, cancellationToken) => RecognizeAsync(sound, request.Language, cancellationToken));
    }

    /// <summary>Disposes the client.</summary>
    public void Dispose() => client.Dispose();

    private async Task<Transcript> RecognizeAsync(ReadOnlyMemory<short> sound, string? language, CancellationToken cancellationToken)
    {
        var asked = options?.Clone() ?? new SpeechToTextOptions();
        asked.SpeechLanguage = language ?? asked.SpeechLanguage;
        asked.SpeechSampleRate = 16_000;
        using var wav = new MemoryStream(new WavFile(16_000, sound).ToBytes());
        try
        {
            var response = await client.GetTextAsync(wav, asked, cancellationToken).ConfigureAwait(false);
            return new Transcript(response.Text.Trim()) { Language = asked.SpeechLanguage };
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new SpeechEngineException($"{Name} failed: {e.Message}", e);
        }
    }
}
