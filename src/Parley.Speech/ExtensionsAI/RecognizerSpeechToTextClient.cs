#pragma warning disable MEAI001 // Speech in Microsoft.Extensions.AI is experimental; only this folder uses it.
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.AI;

namespace Parley.Speech.ExtensionsAI;

/// <summary>
/// An <see cref="ISpeechRecognizer"/> as <see cref="ISpeechToTextClient"/> of Microsoft.Extensions.AI. Accepts WAV files of PCM16 at any
/// rate, and raw
/// PCM16 at <see cref="SpeechToTextOptions.SpeechSampleRate"/> (16 kHz if that is not set). Streaming returns partial results as
/// <see cref="SpeechToTextResponseUpdateKind.TextUpdating"/> and the transcript as
/// <see cref="SpeechToTextResponseUpdateKind.TextUpdated"/>.
/// </summary>
/// <param name="recognizer">The recognizer; not disposed by the client.</param>
internal sealed class RecognizerSpeechToTextClient(ISpeechRecognizer recognizer) : ISpeechToTextClient
{
    private static readonly int ChunkBytes = (int)PcmFormat.Hz16000.BytesIn(TimeSpan.FromMilliseconds(100));

    /// <inheritdoc/>
    /// <exception cref="SpeechEngineException">The recognizer failed.</exception>
    /// <exception cref="FormatException">The audio is a WAV file that cannot be read.</exception>
    public async Task<SpeechToTextResponse> GetTextAsync(
        Stream audioSpeechStream, SpeechToTextOptions? options = null, CancellationToken cancellationToken = default)
    {
        var transcript = await RecognizeAsync(audioSpeechStream, options, partial: null, cancellationToken).ConfigureAwait(false);
        return new SpeechToTextResponse(transcript.Text) { ModelId = recognizer.Name };
    }

    /// <inheritdoc/>
    /// <exception cref="SpeechEngineException">The recognizer failed.</exception>
    /// <exception cref="FormatException">The audio is a WAV file that cannot be read.</exception>
    public async IAsyncEnumerable<SpeechToTextResponseUpdate> GetStreamingTextAsync(
        Stream audioSpeechStream, SpeechToTextOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var partials = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        var recognition = RecognizeAsync(audioSpeechStream, options, partial => partials.Writer.TryWrite(partial), cancellationToken);
        _ = recognition.ContinueWith(_ => partials.Writer.TryComplete(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await foreach (var partial in partials.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            yield return new SpeechToTextResponseUpdate(partial) { Kind = SpeechToTextResponseUpdateKind.TextUpdating, ModelId = recognizer.Name };
        var transcript = await recognition.ConfigureAwait(false);
        yield return new SpeechToTextResponseUpdate(transcript.Text) { Kind = SpeechToTextResponseUpdateKind.TextUpdated, ModelId = recognizer.Name };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(SpeechToTextClientMetadata) ? new SpeechToTextClientMetadata(recognizer.Name)
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(recognizer) ? recognizer
            : null;
    }

    /// <summary>Does nothing.</summary>
    public void Dispose()
    {
    }

    private async Task<Transcript> RecognizeAsync(Stream stream, SpeechToTextOptions? options, Action<string>? partial, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, cancellationToken).ConfigureAwait(false);
        var sound = ToRecognizable(memory.GetBuffer().AsSpan(0, (int)memory.Length), options?.SpeechSampleRate ?? 16_000);

        var recognition = recognizer.Start(new RecognitionRequest { Language = options?.SpeechLanguage, Partial = partial });
        await using var owned = recognition.ConfigureAwait(false);
        for (var at = 0; at < sound.Length; at += ChunkBytes)
            recognition.Accept(sound.AsSpan(at, Math.Min(ChunkBytes, sound.Length - at)));
        return await recognition.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    private static short[] ToRecognizable(ReadOnlySpan<byte> bytes, int bareRateHz)
    {
        var (samples, rate) = (Pcm.ToSamples(bytes), bareRateHz);
        if (bytes.StartsWith("RIFF"u8))
        {
            var wav = WavFile.Parse(bytes);
            (samples, rate) = (wav.Samples.ToArray(), wav.SampleRateHz);
        }
        if (rate == 16_000)
            return samples;
        var resampler = new Resampler(rate, 16_000);
        var output = new short[resampler.MaxOutputSamples(samples.Length) + resampler.MaxFlushSamples];
        var length = resampler.Process(samples, output);
        length += resampler.Flush(output.AsSpan(length));
        return output[..length];
    }
}
