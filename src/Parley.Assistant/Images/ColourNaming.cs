namespace Parley.Assistant.Images;

/// <summary>Classifies a pixel as one of the named colours by hue, saturation and value.</summary>
internal static class ColourNaming
{
    public static Colour Name(byte red, byte green, byte blue)
    {
        var max = Math.Max(red, Math.Max(green, blue));
        var min = Math.Min(red, Math.Min(green, blue));
        var value = max / 255.0;
        var saturation = max == 0 ? 0 : (max - min) / (double)max;
        if (value < 0.2)
            return Colour.Black;
        if (saturation < 0.16)
            return value > 0.85 ? Colour.White : Colour.Grey;
        return ByHue(Hue(red, green, blue, max, min), saturation, value);
    }

    private static double Hue(byte red, byte green, byte blue, byte max, byte min)
    {
        double span = max - min;
        var hue = max == red ? (green - blue) / span : max == green ? 2 + ((blue - red) / span) : 4 + ((red - green) / span);
        return hue < 0 ? (hue * 60) + 360 : hue * 60;
    }

    private static Colour ByHue(double hue, double saturation, double value) => hue switch
    {
        < 15 or >= 345 => saturation < 0.5 && value > 0.7 ? Colour.Pink : Colour.Red,
        < 45 => value < 0.7 ? Colour.Brown : Colour.Orange,
        < 70 => Colour.Yellow,
        < 165 => Colour.Green,
        < 195 => Colour.Cyan,
        < 255 => Colour.Blue,
        < 290 => Colour.Purple,
        _ => value < 0.6 ? Colour.Purple : Colour.Pink,
    };
}
