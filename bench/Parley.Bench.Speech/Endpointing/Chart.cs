using System.Globalization;
using System.Text;

namespace Parley.Bench.Speech.Endpointing;

/// <summary>A line chart as SVG, readable on a light and a dark page.</summary>
internal sealed class Chart(string title, string horizontal, string vertical)
{
    private const int Width = 720;
    private const int Height = 420;
    private const int Left = 60;
    private const int Right = 150;
    private const int Top = 40;
    private const int Bottom = 50;

    private static readonly string[] Colors = ["#8a8f98", "#d97706", "#0d9488", "#2563eb", "#9333ea"];

    internal string Draw(IReadOnlyList<(string Name, List<(double X, double Y)> Points)> lines)
    {
        var points = lines.SelectMany(line => line.Points).ToArray();
        var (maxX, maxY) = (RoundUp(points.Max(point => point.X), 200), RoundUp(points.Max(point => point.Y), 20));
        var svg = new StringBuilder();
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">");
        Add(svg, $"<title>{title}</title>");
        Add(svg, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#ffffff\"/>");
        Add(svg, $"<text x=\"{Left}\" y=\"22\" font-size=\"15\" fill=\"#111827\">{title}</text>");
        for (var x = 0.0; x <= maxX; x += 200)
        {
            Add(svg, $"<line x1=\"{X(x)}\" y1=\"{Top}\" x2=\"{X(x)}\" y2=\"{Height - Bottom}\" stroke=\"#e5e7eb\"/>");
            Add(svg, $"<text x=\"{X(x)}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\" fill=\"#374151\">{x}</text>");
        }
        for (var y = 0.0; y <= maxY; y += 20)
        {
            Add(svg, $"<line x1=\"{Left}\" y1=\"{Y(y)}\" x2=\"{Width - Right}\" y2=\"{Y(y)}\" stroke=\"#e5e7eb\"/>");
            Add(svg, $"<text x=\"{Left - 8}\" y=\"{Y(y) + 4}\" text-anchor=\"end\" fill=\"#374151\">{y}</text>");
        }
        Add(svg, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 12}\" text-anchor=\"middle\" fill=\"#374151\">{horizontal}</text>");
        Add(svg, $"<text transform=\"translate(18 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\" fill=\"#374151\">{vertical}</text>");
        for (var i = 0; i < lines.Count; i++)
        {
            var (name, line) = lines[i];
            var color = Colors[i % Colors.Length];
            Add(svg, $"<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" points=\"{string.Join(' ', line.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):0.#},{Y(point.Y):0.#}")))}\"/>");
            foreach (var (x, y) in line)
                Add(svg, $"<circle cx=\"{X(x):0.#}\" cy=\"{Y(y):0.#}\" r=\"3\" fill=\"{color}\"/>");
            Add(svg, $"<rect x=\"{Width - Right + 16}\" y=\"{Top + (i * 22)}\" width=\"14\" height=\"4\" fill=\"{color}\"/>");
            Add(svg, $"<text x=\"{Width - Right + 36}\" y=\"{Top + (i * 22) + 6}\" fill=\"#111827\">{name}</text>");
        }
        return svg.Append("</svg>\n").ToString();

        double X(double value) => Left + (value / maxX * (Width - Left - Right));
        double Y(double value) => Height - Bottom - (value / maxY * (Height - Top - Bottom));
    }

    private static void Add(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static double RoundUp(double value, double step) => Math.Max(step, Math.Ceiling(value / step) * step);
}
