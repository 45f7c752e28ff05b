namespace Parley.Speech.Worker.Recognition;

/// <summary>Similarity of two sequences of phones of the CMU dictionary: which sounds a recognizer confuses costs little.</summary>
internal static class PhoneSimilarity
{
    private const double Gap = 0.9;
    private const double OfAPair = 0.4;
    private const double OfAClass = 0.5;
    private const double OfAKind = 0.8;
    private const double Different = 1.1;

    // Voiced and voiceless stops, then fricatives; nasals, liquids; front, central, back vowels, diphthongs.
    private static readonly string[][] Classes =
    [
        ["B", "D", "G"], ["P", "T", "K"], ["F", "TH", "S", "SH", "HH", "CH"], ["V", "DH", "Z", "ZH", "JH"], ["M", "N", "NG"],
        ["L", "R", "W", "Y"],
        ["IY", "IH", "EY", "EH", "AE"], ["AH", "ER", "AA"], ["AO", "OW", "UH", "UW"], ["AY", "AW", "OY"],
    ];

    private const int Liquids = 5;

    private static readonly HashSet<(string, string)> Pairs =
    [
        ("P", "B"), ("T", "D"), ("K", "G"), ("F", "V"), ("S", "Z"), ("SH", "ZH"), ("TH", "DH"), ("CH", "JH"), ("L", "W"), ("L", "OW"), ("N", "M"),
        ("N", "NG"), ("IH", "IY"), ("UH", "UW"), ("AH", "IH"), ("AH", "AA"), ("AH", "EH"), ("AO", "AA"), ("AO", "OW"), ("S", "SH"), ("DH", "D"), ("TH", "T"),
        ("TH", "F"), ("Y", "IY"), ("W", "UW"), ("ER", "R"), ("N", "D"), ("ER", "AH"), ("AE", "EH"),
    ];

    private static readonly Dictionary<string, int> ClassOf =
        Classes.SelectMany((phones, index) => phones.Select(phone => (phone, index))).ToDictionary(one => one.phone, one => one.index);

    /// <summary>Whether it is a phone, and not silence or noise.</summary>
    public static bool IsPhone(string text) => ClassOf.ContainsKey(text);

    /// <summary>1 if equal, about 0 if nothing is alike: 1 minus the weighted edit distance by the longer length.</summary>
    public static double Of(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        var row = Enumerable.Range(0, b.Count + 1).Select(i => i * Gap).ToArray();
        foreach (var phone in a)
        {
            var diagonal = row[0];
            row[0] += Gap;
            for (var j = 0; j < b.Count; j++)
            {
                var best = Math.Min(diagonal + Cost(phone, b[j]), Gap + Math.Min(row[j], row[j + 1]));
                (diagonal, row[j + 1]) = (row[j + 1], best);
            }
        }
        return 1 - (row[^1] / Math.Max(1, Math.Max(a.Count, b.Count)));
    }

    private static double Cost(string a, string b)
    {
        if (a == b)
            return 0;
        if (Pairs.Contains((a, b)) || Pairs.Contains((b, a)))
            return OfAPair;
        if (!ClassOf.TryGetValue(a, out var first) || !ClassOf.TryGetValue(b, out var second))
            return Different;
        return first == second ? OfAClass : Kind(first) == Kind(second) ? OfAKind : Different;
    }

    // Consonants, liquids, vowels.
    private static int Kind(int index) => index < Liquids ? 0 : index == Liquids ? 1 : 2;
}
