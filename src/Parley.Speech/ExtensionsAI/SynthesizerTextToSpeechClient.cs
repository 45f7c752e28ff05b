#pragma warning disable MEAI001 // Speech in Microsoft.Extensions.AI is experimental; only this folder uses it.
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Parley.Speech.ExtensionsAI;

/// <summary>
/// An <see cref="ISpeechSynthesizer"/> as <see cref="ITextToSpeechClient"/> of Microsoft.Extensions.AI. Returns PCM16 of 24 kHz,
/// <c>audio/pcm;rate=24000</c>, in updates of 20 to 100 ms. Voices are the 30 of <see cref="VoiceCatalog"/>.
/// </summary>
/// <param name="synthesizer">The synthesizer; not disposed by the client.</param>
internal sealed class SynthesizerTextToSpeechClient(ISpeechSynthesizer synthesizer) : ITextToSpeechClient
{
    private const string MediaType = "audio/pcm;rate=24000";

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The voice is not in <see cref="VoiceCatalog"/>, or the format is not "pcm".</exception>
    public async Task<TextToSpeechResponse> GetAudioAsync(string text, TextToSpeechOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var sound = new MemoryStream();
        await foreach (var chunk in synthesizer.SpeakAsync(text, VoiceOf(options), cancellationToken).ConfigureAwait(false))
            sound.Write(chunk.Span);
        return new TextToSpeechResponse([new DataContent(sound.ToArray(), MediaType)]) { ModelId = synthesizer.Name };
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The voice is not in <see cref="VoiceCatalog"/>, or the format is not "pcm".</exception>
    public async IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(
        string text, TextToSpeechOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var chunk in synthesizer.SpeakAsync(text, VoiceOf(options), cancellationToken).ConfigureAwait(false))
            yield return new TextToSpeechResponseUpdate([new DataContent(chunk, MediaType)]) { Kind = TextToSpeechResponseUpdateKind.AudioUpdating, ModelId = synthesizer.Name };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(TextToSpeechClientMetadata) ? new TextToSpeechClientMetadata(synthesizer.Name)
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(synthesizer) ? synthesizer
            : null;
    }

    /// <summary>Does nothing.</summary>
    public void Dispose()
    {
    }

    private static SpeechVoice VoiceOf(TextToSpeechOptions? options)
    {
        if (options?.AudioFormat is { } format && !format.StartsWith("pcm", StringComparison.OrdinalIgnoreCase) && !format.StartsWith("audio/pcm", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"Audio format {format} is not supported; use pcm.", nameof(options));
        var voice = VoiceCatalog.Default;
        if (options?.VoiceId is { } name && !VoiceCatalog.TryGet(name, out voice))
            throw new ArgumentException($"Voice \"{name}\" is unknown; use a name of VoiceCatalog.", nameof(options));
        return voice with
        {
            Language = options?.Language ?? voice.Language,
            Stretch = voice.Stretch / (options?.Speed is > 0 and var speed ? speed : 1),
            PitchShift = voice.PitchShift * (options?.Pitch is > 0 and var pitch ? pitch : 1),
        };
    }
}
