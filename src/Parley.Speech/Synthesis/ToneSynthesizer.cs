using Parley.Speech.Synthesis;

namespace Parley.Speech;

/// <summary>
/// Synthesizes tones (<c>ToneCode</c>), 25 characters a second, the same for every voice. Needs nothing installed,
/// and is deterministic.
/// </summary>
public sealed class ToneSynthesizer : ISpeechSynthesizer
{
    /// <inheritdoc/>
    public string Name => "tone";

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, SpeechVoice voice, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(voice);
        return Speak(text, cancellationToken).ToAsyncEnumerable();
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Speak(string text, CancellationToken cancellationToken)
    {
        const int rate = 24_000;
        var symbol = new short[PcmFormat.Hz24000.SamplesIn(ToneCode.SymbolDuration)];
        var afterSpace = true;
        foreach (var c in SpeakableText.From(text))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var isSpace = c == ' ';
            if ((isSpace && afterSpace) || (!isSpace && !ToneCode.Alphabet.Contains(char.ToLowerInvariant(c), StringComparison.Ordinal)))
                continue;
            afterSpace = isSpace;
            ToneCode.Encode(c, symbol, rate);
            yield return Pcm.ToBytes(symbol);
        }
    }
}
