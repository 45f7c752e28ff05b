using System.Collections.Frozen;

namespace Parley.Speech.Synthesis.Kokoro;

/// <summary>The symbols of Kokoro v1.0 and their numbers, as published in the configuration of the model.</summary>
internal static class KokoroSymbols
{
    /// <summary>The most symbols of one request; the network was made for 512 with one before and one after them.</summary>
    public const int Longest = 510;

    private const long Edge = 0;

    // Runs of consecutive numbers.
    private static readonly (int First, string Symbols)[] Runs =
    [
        (1, ";:,.!?"), (9, "—…\"()“” \u0303ʣʥʦʨᵝ\uAB67AI"), (31, "O"), (33, "Q"), (35, "ST"), (39, "W"), (41, "Yᵊabcdef"), (50, "hijklmnopqrstuvwxyzɑɐɒæ"),
        (75, "βɔɕç"), (80, "ɖðʤə"), (85, "ɚɛɜ"), (90, "ɟ"), (92, "ɡ"), (99, "ɥ"), (101, "ɨɪʝ"), (110, "ɯɰŋɳɲɴø"), (118, "ɸθœ"), (123, "ɹ"), (125, "ɾɻ"),
        (128, "ʁɽʂʃʈʧ"), (135, "ʊʋ"), (138, "ʌɣɤ"), (142, "χʎ"), (147, "ʒʔ"), (156, "ˈˌː"), (162, "ʰ"), (164, "ʲ"), (169, "↓"), (171, "→↗↘"), (177, "ᵻ"),
    ];

    private static readonly FrozenDictionary<string, long> Numbers = Runs
        .SelectMany(static run => run.Symbols.Select((symbol, i) => KeyValuePair.Create(symbol.ToString(), (long)run.First + i)))
        .ToFrozenDictionary();

    public static int Count => Numbers.Count;

    public static bool Contains(string symbol) => Numbers.ContainsKey(symbol);

    /// <summary>The numbers of symbols, with the edge before and after them. Others are left out.</summary>
    public static long[] ToIds(IEnumerable<string> symbols) => [Edge, .. symbols.Where(Contains).Select(static symbol => Numbers[symbol]), Edge];
}
