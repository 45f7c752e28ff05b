using System.Text;

namespace Parley.Speech.Synthesis;

/// <summary>
/// Encodes text as tones: each letter, digit or mark is a pair of tones of 40 ms, a space is 40 ms of silence.
/// Lets tests decode what was said without a recognizer.
/// </summary>
/// <remarks>
/// Letters lose their case. All tones are whole multiples of 25 Hz, so in a window of 40 ms none leaks into another.
/// They lie between 500 and 2 300 Hz: they survive resampling to 8 kHz.
/// </remarks>
internal static class ToneCode
{
    /// <summary>How long one symbol lasts: 40 ms.</summary>
    public static readonly TimeSpan SymbolDuration = TimeSpan.FromMilliseconds(40);

    internal const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789.,?!'-";

    private const int Rows = 6;
    private const int Columns = 7;
    private const double Amplitude = 7_000;
    private const double FadeSeconds = 0.003;

    // A tone below this share of full scale is silence.
    private const double Threshold = 0.02 * short.MaxValue;

    /// <summary>Decodes text; any other audio gives some text, never an error.</summary>
    /// <param name="samples">The audio; it may begin with silence of any length.</param>
    /// <param name="sampleRateHz">Its rate, at least 8 000.</param>
    /// <returns>Lower-case words with single spaces between them.</returns>
    public static string Decode(ReadOnlySpan<short> samples, int sampleRateHz = 24_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRateHz, 8_000);
        var symbol = (int)new PcmFormat(sampleRateHz).SamplesIn(SymbolDuration);
        var text = new StringBuilder();
        var at = 0;
        while (true)
        {
            // Silence separates words; the first tone after it shows where symbols begin again.
            var onset = samples[at..].IndexOfAnyExceptInRange((short)-300, (short)300);
            if (onset < 0 || at + onset + (symbol / 2) > samples.Length)
                return text.ToString();
            if (onset > symbol / 2 && text.Length > 0)
                text.Append(' ');
            if (onset > symbol / 8)
                at += onset - OnsetDelay(sampleRateHz);
            if (DecodeSymbol(samples.Slice(at, Math.Min(symbol, samples.Length - at)), sampleRateHz) is { } c)
                text.Append(c);
            at = Math.Min(at + symbol, samples.Length);
        }
    }

    /// <summary>Writes one symbol; characters outside the code are silence.</summary>
    internal static void Encode(char c, Span<short> samples, int sampleRateHz)
    {
        var index = Alphabet.IndexOf(char.ToLowerInvariant(c), StringComparison.Ordinal);
        if (index < 0)
        {
            samples.Clear();
            return;
        }
        var (row, column) = (RowFrequency(index / Columns), ColumnFrequency(index % Columns));
        var fade = FadeSeconds * sampleRateHz;
        for (var i = 0; i < samples.Length; i++)
        {
            var t = (double)i / sampleRateHz;
            var edge = Math.Min(1, Math.Min(i + 1, samples.Length - i) / fade);
            samples[i] = (short)(Amplitude * edge * (Math.Sin(Math.Tau * row * t) + Math.Sin(Math.Tau * column * t)));
        }
    }

    private static int RowFrequency(int row) => 500 + (100 * row);

    private static int ColumnFrequency(int column) => 1_100 + (200 * column);

    // The fade hides the very first samples of a symbol.
    private static int OnsetDelay(int sampleRateHz) => sampleRateHz / 8_000;

    private static char? DecodeSymbol(ReadOnlySpan<short> samples, int sampleRateHz)
    {
        var (row, rowLevel) = Strongest(samples, sampleRateHz, Rows, RowFrequency);
        var (column, columnLevel) = Strongest(samples, sampleRateHz, Columns, ColumnFrequency);
        return Math.Min(rowLevel, columnLevel) < Threshold ? null : Alphabet[(row * Columns) + column];
    }

    private static (int Index, double Level) Strongest(ReadOnlySpan<short> samples, int sampleRateHz, int count, Func<int, int> frequency)
    {
        var best = (Index: 0, Level: 0.0);
        for (var i = 0; i < count; i++)
        {
            double real = 0, imaginary = 0;
            for (var n = 0; n < samples.Length; n++)
            {
                var (sin, cos) = Math.SinCos(Math.Tau * frequency(i) * n / sampleRateHz);
                (real, imaginary) = (real + (samples[n] * cos), imaginary + (samples[n] * sin));
            }
            var level = 2 * Math.Sqrt((real * real) + (imaginary * imaginary)) / samples.Length;
            if (level > best.Level)
                best = (i, level);
        }
        return best;
    }
}
