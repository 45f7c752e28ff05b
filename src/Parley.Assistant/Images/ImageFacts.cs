namespace Parley.Assistant.Images;

internal enum Brightness
{
    Dark, Medium, Bright,
}

/// <summary>
/// Measurements of an image: size, main colours and brightness. There are at most three colours, the most frequent first, and each covers
/// at least a tenth of the image.
/// </summary>
internal sealed record ImageFacts(int Width, int Height, IReadOnlyList<Colour> Colours, Brightness Brightness)
{
    /// <summary>Most pixels per side that are sampled; enough to find the main colours.</summary>
    public const int SamplesPerSide = 64;

    private const int MaxColours = 3;

    // Cells per side of the grid by which two images are compared: coarse enough to average out camera noise.
    private const int GridSide = 16;

    /// <summary>Mean brightness of each cell of the grid, 0 to 255.</summary>
    public IReadOnlyList<int> Grid { get; init; } = [];

    /// <summary>Mean difference in brightness to another image, from 0 (equal) to 255 (black and white).</summary>
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
        return new ImageFacts(
            width, height, colours, (luma / total) switch { < 80 => Brightness.Dark, < 170 => Brightness.Medium, _ => Brightness.Bright })
        {
            Grid = [.. grid.Select(static cell => cell.Count > 0 ? (int)(cell.Sum / cell.Count) : 0)],
        };
    }
}
