namespace Parley.Assistant.Functions;

/// <summary>Names of colours as people say them: "green", "light blue", "tomato".</summary>
internal static class SpokenColours
{
    private static readonly HashSet<string> Names =
    [
        "red", "green", "blue", "yellow", "orange", "purple", "violet", "pink", "white", "black", "brown", "grey", "gray", "cyan", "magenta",
        "turquoise", "teal", "gold", "silver", "beige", "navy", "maroon", "olive", "lime", "indigo", "crimson", "coral", "salmon", "tomato",
        "khaki", "lavender", "plum", "orchid", "tan", "ivory", "aqua", "fuchsia", "azure", "chocolate", "scarlet",
    ];

    private static readonly HashSet<string> Shades = ["light", "dark", "pale", "bright", "deep", "hot", "sky", "royal", "forest", "warm", "cool"];

    /// <summary>Returns the colour at the start of the words and the number of words used; 0 if there is none.</summary>
    public static (string? Colour, int Length) Read(ReadOnlySpan<string> words) =>
        words.Length > 1 && Shades.Contains(words[0]) && Names.Contains(words[1]) ? ($"{words[0]} {words[1]}", 2)
        : words.Length > 0 && Names.Contains(words[0]) ? (words[0], 1)
        : (null, 0);
}
