#pragma warning disable MEAI001 // Speech in Microsoft.Extensions.AI is experimental; only this folder uses it.
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Parley.Speech.Synthesis;

namespace Parley.Speech.ExtensionsAI;

/// <summary>
/// Synthesizes with any <see cref="ITextToSpeechClient"/> of Microsoft.Extensions.AI. The client is asked for the format "pcm", which is
/// taken as 24 kHz; a WAV file in its first update is accepted too.
/// </summary>
/// <param name="client">The client; disposed with the synthesizer.</param>
/// <param name="options">Options of each call; voice, language and format are overwritten. Null for none.</param>
internal sealed class TextToSpeechSynthesizer(ITextToSpeechClient client, TextToSpeechOptions? options = null) : ISpeechSynthesizer, IDisposable
{
    /// <inheritdoc/>
    public string Name => client.GetService<TextToSpeechClientMetadata>()?.ProviderName ?? client.GetType().Name;

    /// <inheritdoc/>
    /// <exception cref="SpeechEngineException">The client failed.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(
        string text, SpeechVoice voice, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(voice);
        cancellationToken.ThrowIfCancellationRequested();
        var asked = options?.Clone() ?? new TextToSpeechOptions();
        asked.VoiceId ??= voice.Name;
        asked.Language ??= voice.Language;
        asked.AudioFormat = "pcm";

        var updates = client.GetStreamingAudioAsync(text, asked, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var owned = updates.ConfigureAwait(false);
        EvenChunks? chunks = null;
        while (await NextAsync(updates, cancellationToken).ConfigureAwait(false))
        {
            foreach (var content in updates.Current.Contents.OfType<DataContent>())
                chunks = Add(chunks, content.Data.Span);
            while (chunks is not null && chunks.TryTake(out var chunk))
                yield return chunk;
        }
        chunks?.Finish();
        while (chunks is not null && chunks.TryTake(out var last))
            yield return last;
    }

    /// <summary>Disposes the client.</summary>
    public void Dispose() => client.Dispose();

    private EvenChunks Add(EvenChunks? chunks, ReadOnlySpan<byte> bytes)
    {
        if (chunks is not null || !bytes.StartsWith("RIFF"u8))
        {
            chunks ??= new EvenChunks(EvenChunks.OutputRateHz);
            chunks.Add(bytes);
            return chunks;
        }
        try
        {
            var wav = WavFile.Parse(bytes);
            chunks = new EvenChunks(wav.SampleRateHz);
            chunks.Add(wav.Samples.Span);
            return chunks;
        }
        catch (FormatException e)
        {
            throw new SpeechEngineException($"{Name} returned a WAV file that cannot be read: {e.Message}", e);
        }
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<TextToSpeechResponseUpdate> updates, CancellationToken cancellationToken)
    {
        try
        {
            return await updates.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new SpeechEngineException($"{Name} failed: {e.Message}", e);
        }
    }
}
