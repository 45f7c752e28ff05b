namespace Parley.Server.Cascade;

/// <summary>
/// Guesses the language of a sentence, so that the right voice speaks it: by its script, else by its little words. A guess needs two of them
/// and more than any other language has; otherwise there is none.
/// </summary>
internal static class TextLanguage
{
    private static readonly (string Code, HashSet<string> Words)[] LittleWords =
    [
        ("en", Words("the a an and or of to in on at is are was were it i you he she we they this that with for not have has do does my your what can will")),
        ("de", Words("der die das den dem des ein eine einen und oder von zu im in am ist sind war es ich du er sie wir ihr nicht mit für auf auch haben hat mein dein was kann wird")),
        ("fr", Words("le la les un une des du de et ou à au aux est sont était il je tu elle nous vous ils ce cette avec pour ne pas que qui dans sur mon ton")),
        ("es", Words("el la los las un una unos de del y o en al es son era yo tú él ella nosotros este esta con para no que qué por mi tu se lo")),
        ("it", Words("il lo la i gli le un una di del della e o in al è sono era io tu lui lei noi questo questa con per non che chi mio tuo si")),
        ("pt", Words("o a os as um uma de do da e ou em no na é são era eu tu ele ela nós este esta com para não que por meu teu se")),
        ("nl", Words("de het een en of van te in op is zijn was ik jij je hij zij wij niet met voor ook heeft mijn jouw wat kan dat dit")),
        ("pl", Words("i oraz lub w we na do z ze jest są był to ja ty on ona my nie się że co czy ten ta dla mój twój po jak")),
    ];

    private static readonly (char First, char Last, string Code)[] Scripts =
    [
        ('\u3040', '\u30FF', "ja"), ('\uAC00', '\uD7AF', "ko"), ('\u4E00', '\u9FFF', "zh"), ('\u0400', '\u04FF', "ru"), ('\u0370', '\u03FF', "el"),
        ('\u0590', '\u05FF', "he"), ('\u0600', '\u06FF', "ar"), ('\u0900', '\u097F', "hi"), ('\u0E00', '\u0E7F', "th"),
    ];

    /// <summary>ISO code of the language; null where the text does not tell.</summary>
    internal static string? Guess(string text)
    {
        foreach (var (first, last, code) in Scripts)
        {
            if (text.AsSpan().ContainsAnyInRange(first, last))
                return code;
        }
        var words = text.ToLowerInvariant().Split([' ', ',', '.', '!', '?', ';', ':', '\n', '"', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
        var (best, most, next) = ("", 1, 1);
        foreach (var (code, little) in LittleWords)
        {
            var count = words.Count(little.Contains);
            if (count > most)
                (best, next, most) = (code, most, count);
            else
                next = Math.Max(next, count);
        }
        return most > next ? best : null;
    }

    private static HashSet<string> Words(string words) => [.. words.Split(' ')];
}
