namespace Parley.Assistant.Arithmetic;

/// <summary>Powers and roots of decimals: exact for whole exponents, through <see cref="double"/> otherwise.</summary>
internal static class Powers
{
    /// <summary>With a larger exponent, every base except 0 and ±1 is out of the range of decimal.</summary>
    private const int MaxExponent = 1_000;

    public static decimal Raise(decimal value, decimal exponent)
    {
        if (exponent != decimal.Truncate(exponent))
            return FromDouble(Math.Pow((double)value, (double)exponent));
        if (value is 0 or 1 or -1)
        {
            return value == 0 && exponent < 0 ? throw new DivideByZeroException()
                : exponent == 0 || value == 1 || (value == -1 && exponent % 2 == 0) ? 1
                : value;
        }
        if (Math.Abs(exponent) > MaxExponent)
            throw new OverflowException();
        var result = 1m;
        for (var i = 0; i < Math.Abs((int)exponent); i++)
            result *= value;
        return exponent < 0 ? (result == 0 ? throw new OverflowException() : 1 / result) : result;
    }

    public static decimal SquareRoot(decimal value) => FromDouble(Math.Sqrt((double)value));

    private static decimal FromDouble(double value) =>
        double.IsNaN(value) ? throw new NotFiniteNumberException()
        : double.IsInfinity(value) ? throw new OverflowException()
        : (decimal)value;
}
