namespace Parley.Speech.Whisper.Streaming;

/// <summary>Whisper's codes of languages.</summary>
internal static class WhisperLanguage
{
    /// <summary>Configured to detect the language of each utterance.</summary>
    public const string Detect = "auto";

    // whisper/tokenizer.py of openai/whisper, version 3.
    private static readonly HashSet<string> Known =
    [
        .. ("en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk "
            + "br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su "
            + "yue").Split(' '),
    ];

    private static readonly Dictionary<string, string> Others = new(StringComparer.OrdinalIgnoreCase)
    {
        ["nb"] = "no", ["fil"] = "tl", ["iw"] = "he", ["jv"] = "jw", ["cmn"] = "zh", ["in"] = "id", ["ji"] = "yi", ["mo"] = "ro",
    };

    /// <summary>Whisper's code of a BCP-47 code: "pt" of "pt-BR"; null if Whisper does not know the language.</summary>
    public static string? CodeOf(string language)
    {
        var code = language.Split('-', '_')[0].ToLowerInvariant();
        return Others.TryGetValue(code, out var other) ? other : Known.Contains(code) ? code : null;
    }

    /// <summary>The BCP-47 code of Whisper's code.</summary>
    public static string? TagOf(string code) => code switch { "" => null, "jw" => "jv", _ => code };
}
