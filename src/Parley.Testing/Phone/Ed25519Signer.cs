using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Parley.Testing.Phone;

/// <summary>
/// Signs with Ed25519 (RFC 8032, section 5.1), which .NET does not. For tests only: its time depends on the key. Points are (X : Y : Z : T) with x = X/Z,
/// y = Y/Z and xy = T/Z.
/// </summary>
internal sealed class Ed25519Signer
{
    internal const int KeyBytes = 32;

    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger Order =
        BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);
    private static readonly BigInteger TwoD = Reduce(-2 * 121_665 * Inverse(121_666));
    private static readonly Point Base = BasePoint();

    private readonly BigInteger _scalar;
    private readonly byte[] _prefix;

    /// <exception cref="ArgumentException">A private key has 32 bytes.</exception>
    internal Ed25519Signer(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != KeyBytes)
            throw new ArgumentException($"A private key of Ed25519 has {KeyBytes} bytes, not {privateKey.Length}.", nameof(privateKey));
        var hash = SHA512.HashData(privateKey);
        // The scalar is a multiple of 8 with a fixed highest bit.
        hash[0] &= 0b1111_1000;
        hash[31] = (byte)(hash[31] & 0b0111_1111 | 0b0100_0000);
        (_scalar, _prefix) = (Number(hash.AsSpan(0, KeyBytes)), hash[KeyBytes..]);
        PublicKey = Encode(Times(_scalar));
    }

    internal byte[] PublicKey { get; }

    internal byte[] Sign(ReadOnlySpan<byte> message)
    {
        var r = Number(SHA512.HashData([.. _prefix, .. message])) % Order;
        var commitment = Encode(Times(r));
        var challenge = Number(SHA512.HashData([.. commitment, .. PublicKey, .. message])) % Order;
        return [.. commitment, .. Bytes((r + (challenge * _scalar)) % Order)];
    }

    // y = 4/5, and the even one of the two x.
    private static Point BasePoint()
    {
        var y = Reduce(4 * Inverse(5));
        var square = Reduce(((y * y) - 1) * Inverse((TwoD * Inverse(2) * y * y) + 1));
        var x = BigInteger.ModPow(square, (Prime + 3) / 8, Prime);
        if (Reduce((x * x) - square) != 0)
            x = Reduce(x * BigInteger.ModPow(2, (Prime - 1) / 4, Prime));
        if (!x.IsEven)
            x = Prime - x;
        return new Point(x, y, BigInteger.One, Reduce(x * y));
    }

    private static Point Times(BigInteger scalar)
    {
        var (sum, power) = (new Point(0, 1, 1, 0), Base);
        for (; scalar > 0; scalar >>= 1, power = Sum(power, power))
        {
            if (!scalar.IsEven)
                sum = Sum(sum, power);
        }
        return sum;
    }

    private static Point Sum(Point left, Point right)
    {
        var minus = Reduce((left.Y - left.X) * (right.Y - right.X));
        var plus = Reduce((left.Y + left.X) * (right.Y + right.X));
        var product = Reduce(TwoD * left.T * right.T);
        var scale = Reduce(2 * left.Z * right.Z);
        var (e, f, g, h) = (plus - minus, scale - product, scale + product, plus + minus);
        return new Point(Reduce(e * f), Reduce(g * h), Reduce(f * g), Reduce(e * h));
    }

    private static byte[] Encode(Point point)
    {
        var inverse = Inverse(point.Z);
        var bytes = Bytes(Reduce(point.Y * inverse));
        if (!Reduce(point.X * inverse).IsEven)
            bytes[^1] |= 0x80;
        return bytes;
    }

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = new byte[KeyBytes];
        number.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true);

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(Reduce(value), Prime - 2, Prime);

    private static BigInteger Reduce(BigInteger value) => ((value % Prime) + Prime) % Prime;

    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T);
}
