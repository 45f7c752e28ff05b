using System.Globalization;

namespace Parley.Speech.TurnTaking;

/// <summary>
/// How likely a sentence ends after a word, by a language model: hardly ever after "the", seldom after "and it", often after "about it".
/// English. The table is text in this library, made by <c>bench/Parley.Bench.Speech -- sentence-ends</c>: lines with a score and the words
/// or pairs ("and_it") that have it. Thread-safe.
/// </summary>
internal static class SentenceEnds
{
    /// <summary>Below this score a sentence has hardly ended: three in a hundred.</summary>
    public const float Unlikely = -3.5f;

    /// <summary>Between the words of a pair.</summary>
    public const char Joint = '_';

    private const string Resource = "sentence_ends.txt";
    private const int MaxPair = 64;

    private static readonly Dictionary<string, float> Scores = Load();

    /// <summary>
    /// The natural logarithm of the probability that a sentence ends after these words; NaN if the last one is not in the table.
    /// </summary>
    /// <param name="previous">The word before the last one; empty if there is none.</param>
    /// <param name="last">The last word.</param>
    public static float After(ReadOnlySpan<char> previous, ReadOnlySpan<char> last)
    {
        var scores = Scores.GetAlternateLookup<ReadOnlySpan<char>>();
        var length = previous.Length + 1 + last.Length;
        if (length <= MaxPair)
        {
            Span<char> pair = stackalloc char[MaxPair];
            previous.CopyTo(pair);
            pair[previous.Length] = Joint;
            last.CopyTo(pair[(previous.Length + 1)..]);
            if (scores.TryGetValue(pair[..length], out var together))
                return together;
        }
        return scores.TryGetValue(last, out var alone) ? alone : float.NaN;
    }

    private static Dictionary<string, float> Load()
    {
        using var reader = new StreamReader(typeof(SentenceEnds).Assembly.GetManifestResourceStream(Resource)!);
        var scores = new Dictionary<string, float>(8_192, StringComparer.OrdinalIgnoreCase);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var score = float.Parse(words[0], CultureInfo.InvariantCulture);
            foreach (var word in words.AsSpan(1))
                scores[word] = score;
        }
        return scores;
    }
}
