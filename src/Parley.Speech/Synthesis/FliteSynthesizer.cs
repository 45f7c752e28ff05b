using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Parley.Speech.Worker;

namespace Parley.Speech;

/// <summary>
/// Speaks English with flite, in process. Needs libflite.so.1 with its voices (Debian package libflite1). Sound begins
/// after some 2 ms ("kal16") or 30 ms (other speakers) and is made about 30 times faster than it lasts or better.
/// </summary>
/// <remarks>
/// Text is cleaned and cut into pieces of at most 200 characters. At most two pieces of a stream are made ahead of its
/// reader, on threads of the synthesizer's own, one per core. Cancelling stops the voice at its next 16 ms or so.
/// </remarks>
public sealed class FliteSynthesizer : ISpeechSynthesizer, IDisposable
{
    private readonly FliteLibrary _library;
    private readonly FliteWorkers _workers = new(Environment.ProcessorCount);

    private FliteSynthesizer(FliteLibrary library) => _library = library;

    /// <inheritdoc/>
    public string Name => "flite";

    /// <summary>Makes one if flite is installed.</summary>
    /// <param name="synthesizer">The synthesizer; dispose it to end its threads.</param>
    /// <param name="problem">Otherwise, in a few words, what is missing.</param>
    public static bool TryCreate([NotNullWhen(true)] out FliteSynthesizer? synthesizer, out string problem)
    {
        synthesizer = FliteLibrary.TryGet(out var library, out problem) ? new FliteSynthesizer(library) : null;
        return synthesizer is not null;
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The synthesizer was disposed.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, SpeechVoice voice, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(voice);
        return SpeakPiecesAsync(text, voice, cancellationToken);
    }

    /// <summary>Takes no more text. What was begun is spoken to the end of its piece.</summary>
    public void Dispose() => _workers.Dispose();

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakPiecesAsync(
        string text, SpeechVoice voice, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var pieces = TextSegmenter.Split(SpeakableText.From(text)).Where(HasWords).GetEnumerator();
        FliteUtterance? current = null, next = null;
        try
        {
            next = StartNext(pieces, voice);
            while (next is not null)
            {
                // The piece after this one is made while this one is read.
                (current, next) = (next, null);
                next = StartNext(pieces, voice);
                await foreach (var chunk in current.Chunks.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                    yield return chunk;
            }
        }
        finally
        {
            current?.Cancel();
            next?.Cancel();
        }
    }

    private FliteUtterance? StartNext(IEnumerator<string> pieces, SpeechVoice voice)
    {
        if (!pieces.MoveNext())
            return null;
        var utterance = new FliteUtterance(_library, pieces.Current.Trim(), voice);
        _workers.Enqueue(utterance);
        return utterance;
    }

    private static bool HasWords(string piece) => piece.Any(char.IsAsciiLetterOrDigit);
}
