namespace Parley.Assistant.Images;

internal enum Brightness
{
    Dark, Medium, Bright,
}

/// <summary>
/// What can be measured of a picture without understanding it. There are at most three colours, the most frequent
/// first, and each fills at least a tenth of the picture.
/// </summary>
internal sealed record ImageFacts(int Width, int Height, IReadOnlyList<Colour> Colours, Brightness Brightness)
{
    /// <summary>At most this many pixels per side are looked at; colours of a picture do not change with its size.</summary>
    public const int SamplesPerSide = 64;

    private const int MaxColours = 3;

    // Cells per side of the grid that two pictures are compared by: noise of a camera averages out, a person who came in does not.
    private const int GridSide = 16;

    /// <summary>Mean brightness of each cell of the picture, 0 to 255.</summary>
    public IReadOnlyList<int> Grid { get; init; } = [];

    /// <summary>How much this picture differs from another: 0 = not at all, 255 = black against white.</summary>
    public double DifferenceFrom(ImageFacts other) =>
        Grid.Zip(other.Grid, static (mine, theirs) => Math.Abs(mine - theirs)).DefaultIfEmpty(0).Average();

    public static ImageFacts Measure(ReadOnlySpan<byte> rgba, int width, int height)
    {
        var counts = new int[Enum.GetValues<Colour>().Length];
        long luma = 0;
        var grid = new (long Sum, int Count)[GridSide * GridSide];
        var total = 0;
        var (columns, rows) = (Math.Min(width, SamplesPerSide), Math.Min(height, SamplesPerSide));
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++, total++)
            {
                var (x, y) = (((2 * column) + 1) * width / (2 * columns), ((2 * row) + 1) * height / (2 * rows));
                var pixel = rgba.Slice(((y * width) + x) * 4, 3);
                counts[(int)ColourNaming.Name(pixel[0], pixel[1], pixel[2])]++;
                var bright = ((pixel[0] * 299) + (pixel[1] * 587) + (pixel[2] * 114)) / 1000;
                luma += bright;
                ref var cell = ref grid[(row * GridSide / rows * GridSide) + (column * GridSide / columns)];
                cell = (cell.Sum + bright, cell.Count + 1);
            }
        }

        var colours = Enum.GetValues<Colour>()
            .Where(colour => counts[(int)colour] * 10 >= total)
            .OrderByDescending(colour => counts[(int)colour]).ThenBy(colour => colour)
            .Take(MaxColours).ToArray();
        return new ImageFacts(width, height, colours, (luma / total) switch { < 80 => Brightness.Dark, < 170 => Brightness.Medium, _ => Brightness.Bright })
        {
            Grid = [.. grid.Select(static cell => cell.Count > 0 ? (int)(cell.Sum / cell.Count) : 0)],
        };
    }
}
