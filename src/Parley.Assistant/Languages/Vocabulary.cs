namespace Parley.Assistant.Languages;

/// <summary>Words that are inserted into sentences, and the words of spoken sums.</summary>
internal sealed record Vocabulary
{
    public required string And { get; init; }

    public required char DecimalSeparator { get; init; }

    /// <summary>Sunday first.</summary>
    public required string[] Weekdays { get; init; }

    /// <summary>January first.</summary>
    public required string[] Months { get; init; }

    /// <summary>In the order of <see cref="Images.Colour"/>.</summary>
    public required string[] Colours { get; init; }

    /// <summary>Dark, medium, bright.</summary>
    public required string[] Brightness { get; init; }

    /// <summary>Words for zero to twenty.</summary>
    public required string[] SmallNumbers { get; init; }

    /// <summary>Words for twenty, thirty … ninety if they are one word.</summary>
    public required string[] Tens { get; init; }

    /// <summary>Spoken operators and their signs.</summary>
    public required (string Words, char Sign)[] Operators { get; init; }

    public string List(IReadOnlyList<string> items) => items.Count switch
    {
        0 => "",
        1 => items[0],
        _ => $"{string.Join(", ", items.Take(items.Count - 1))} {And} {items[^1]}",
    };
}
