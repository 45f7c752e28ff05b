using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Parley.Phone.Signatures;

/// <summary>
/// Verifies Ed25519 signatures (<see href="https://www.rfc-editor.org/rfc/rfc8032">RFC 8032</see>), which .NET does not. Everything here is public, so time
/// and memory may depend on it. Points are in extended coordinates (X : Y : Z : T) with x = X/Z, y = Y/Z, xy = T/Z.
/// </summary>
internal static class Ed25519
{
    internal const int KeyBytes = 32, SignatureBytes = 64;

    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);
    private static readonly BigInteger D = Mod(-121_665 * Invert(121_666));
    private static readonly BigInteger RootOfMinusOne = BigInteger.ModPow(2, (P - 1) / 4, P);
    private static readonly Point Base = BasePoint();

    /// <summary>Whether the bytes are a public key.</summary>
    internal static bool IsKey(ReadOnlySpan<byte> publicKey) => publicKey.Length == KeyBytes && Decode(publicKey) is not null;

    /// <summary>Whether a signature is valid: S·B = R + k·A.</summary>
    internal static bool IsValid(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeyBytes || signature.Length != SignatureBytes || Decode(publicKey) is not { } key || Decode(signature[..32]) is not { } r)
            return false;
        var s = Number(signature[32..]);
        // A larger S would be a second valid signature of the same message.
        if (s >= Order)
            return false;
        var k = Number(SHA512.HashData([.. signature[..32], .. publicKey, .. message])) % Order;
        return AreEqual(Multiply(s, Base), Add(r, Multiply(k, key)));
    }

    private static Point BasePoint()
    {
        var y = Mod(4 * Invert(5));
        var x = RootOf(y, isOdd: false)!.Value;
        return new Point(x, y, BigInteger.One, Mod(x * y));
    }

    private static Point? Decode(ReadOnlySpan<byte> bytes)
    {
        Span<byte> copy = stackalloc byte[KeyBytes];
        bytes.CopyTo(copy);
        var isOdd = (copy[31] & 0x80) != 0;
        copy[31] &= 0x7F;
        var y = Number(copy);
        return y < P && RootOf(y, isOdd) is { } x ? new Point(x, y, BigInteger.One, Mod(x * y)) : null;
    }

    // x² = (y² - 1) / (dy² + 1); the root with the given parity.
    private static BigInteger? RootOf(BigInteger y, bool isOdd)
    {
        var square = Mod(y * y);
        var x2 = Mod((square - 1) * Invert(Mod((D * square) + 1)));
        if (x2.IsZero)
            return isOdd ? null : BigInteger.Zero;
        var x = BigInteger.ModPow(x2, (P + 3) / 8, P);
        if (!Mod((x * x) - x2).IsZero)
            x = Mod(x * RootOfMinusOne);
        if (!Mod((x * x) - x2).IsZero)
            return null;
        return x.IsEven == isOdd ? P - x : x;
    }

    private static Point Multiply(BigInteger times, Point point)
    {
        var sum = new Point(BigInteger.Zero, BigInteger.One, BigInteger.One, BigInteger.Zero);
        for (var bit = (int)times.GetBitLength() - 1; bit >= 0; bit--)
        {
            sum = Add(sum, sum);
            if (!((times >> bit) & 1).IsZero)
                sum = Add(sum, point);
        }
        return sum;
    }

    private static Point Add(Point one, Point other)
    {
        var a = Mod((one.Y - one.X) * (other.Y - other.X));
        var b = Mod((one.Y + one.X) * (other.Y + other.X));
        var c = Mod(2 * D * one.T * other.T);
        var d = Mod(2 * one.Z * other.Z);
        BigInteger e = b - a, f = d - c, g = d + c, h = b + a;
        return new Point(Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
    }

    private static bool AreEqual(Point one, Point other) =>
        Mod((one.X * other.Z) - (other.X * one.Z)).IsZero && Mod((one.Y * other.Z) - (other.Y * one.Z)).IsZero;

    private static BigInteger Number(ReadOnlySpan<byte> littleEndian) => new(littleEndian, isUnsigned: true);

    private static BigInteger Invert(BigInteger value) => BigInteger.ModPow(Mod(value), P - 2, P);

    private static BigInteger Mod(BigInteger value)
    {
        var rest = BigInteger.Remainder(value, P);
        return rest.Sign < 0 ? rest + P : rest;
    }

    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T);
}
