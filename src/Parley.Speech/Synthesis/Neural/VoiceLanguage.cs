namespace Parley.Speech.Synthesis.Neural;

/// <summary>Compares languages of voices.</summary>
internal static class VoiceLanguage
{
    /// <summary>Whether two codes have the same language; the region may differ.</summary>
    public static bool IsSame(string first, string second) => Primary(first).Equals(Primary(second), StringComparison.OrdinalIgnoreCase);

    // espeak-ng and BCP-47 name some languages differently.
    private static string Primary(string code) => code.Split('-', '_')[0].ToLowerInvariant() switch
    {
        "nb" => "no",
        "cmn" => "zh",
        "iw" => "he",
        "in" => "id",
        var language => language,
    };
}
