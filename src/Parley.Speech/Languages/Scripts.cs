namespace Parley.Speech.Languages;

/// <summary>Scripts of the larger languages; a script used mainly by one language has the code of that language.</summary>
internal static class Scripts
{
    public const string Latin = "Latin";
    public const string Cyrillic = "Cyrillic";
    public const string Arabic = "Arabic";
    public const string Kana = "Kana";

    private static readonly (int First, int Last, string Script)[] Ranges =
    [
        (0x0041, 0x024F, Latin), (0x0370, 0x03FF, "el"), (0x0400, 0x052F, Cyrillic), (0x0530, 0x058F, "hy"), (0x0590, 0x05FF, "he"),
        (0x0600, 0x077F, Arabic), (0x0900, 0x097F, "hi"), (0x0980, 0x09FF, "bn"), (0x0A00, 0x0A7F, "pa"), (0x0A80, 0x0AFF, "gu"),
        (0x0B80, 0x0BFF, "ta"), (0x0C00, 0x0C7F, "te"), (0x0C80, 0x0CFF, "kn"), (0x0D00, 0x0D7F, "ml"), (0x0D80, 0x0DFF, "si"),
        (0x0E00, 0x0E7F, "th"), (0x1000, 0x109F, "my"), (0x10A0, 0x10FF, "ka"), (0x1100, 0x11FF, "ko"), (0x1200, 0x137F, "am"),
        (0x1E00, 0x1EFF, Latin), (0x3040, 0x30FF, Kana), (0x3130, 0x318F, "ko"), (0x3400, 0x9FFF, "zh"), (0xAC00, 0xD7AF, "ko"),
        (0xF900, 0xFAFF, "zh"), (0xFB50, 0xFDFF, Arabic), (0xFE70, 0xFEFF, Arabic), (0x20000, 0x323AF, "zh"),
    ];

    public static string? Of(int codePoint)
    {
        foreach (var (first, last, script) in Ranges)
        {
            if (codePoint >= first && codePoint <= last)
                return script;
        }

        return null;
    }
}
