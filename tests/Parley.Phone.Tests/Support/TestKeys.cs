using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Phone.Tests.Support;

/// <summary>Signs as the carriers do.</summary>
internal static class TestKeys
{
    public const string TwilioToken = "twilio-auth-token", PlivoToken = "plivo-auth-token";

    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");
    private static readonly BigInteger D = Mod(-121_665 * BigInteger.ModPow(121_666, P - 2, P));
    private static readonly (BigInteger X, BigInteger Y) Base = (
        BigInteger.Parse("15112221349535400772501151409588531511454012693041857206046113283949847762202"),
        BigInteger.Parse("46316835694926478169428394003475163141307993866256225615783033603165251855960"));

    private static readonly byte[] Seed = SHA256.HashData("the key of the tests"u8);

    /// <summary>Public key of "Telnyx".</summary>
    public static string TelnyxKey { get; } = Convert.ToBase64String(Encode(Multiply(Scalar(), Base)));

    /// <summary>Signs a body as Telnyx does (RFC 8032, in affine coordinates).</summary>
    public static string Telnyx(string body, long timestamp)
    {
        var message = Encoding.UTF8.GetBytes($"{timestamp}|{body}");
        var r = Number(SHA512.HashData([.. SHA512.HashData(Seed)[32..], .. message])) % Order;
        var point = Encode(Multiply(r, Base));
        var k = Number(SHA512.HashData([.. point, .. Convert.FromBase64String(TelnyxKey), .. message])) % Order;
        var s = new byte[32];
        ((r + (k * Scalar())) % Order).TryWriteBytes(s, out _, isUnsigned: true);
        return Convert.ToBase64String([.. point, .. s]);
    }

    private static BigInteger Scalar()
    {
        var hash = SHA512.HashData(Seed)[..32];
        hash[0] &= 248;
        hash[31] = (byte)((hash[31] & 127) | 64);
        return Number(hash);
    }

    private static (BigInteger X, BigInteger Y) Multiply(BigInteger times, (BigInteger X, BigInteger Y) point)
    {
        (BigInteger X, BigInteger Y) sum = (0, 1);
        for (var bit = (int)times.GetBitLength() - 1; bit >= 0; bit--)
        {
            sum = Add(sum, sum);
            if (!((times >> bit) & 1).IsZero)
                sum = Add(sum, point);
        }
        return sum;
    }

    private static (BigInteger X, BigInteger Y) Add((BigInteger X, BigInteger Y) a, (BigInteger X, BigInteger Y) b)
    {
        var product = Mod(D * Mod(a.X * b.X) * Mod(a.Y * b.Y));
        return (Mod(((a.X * b.Y) + (a.Y * b.X)) * BigInteger.ModPow(Mod(1 + product), P - 2, P)), Mod(((a.Y * b.Y) + (a.X * b.X)) * BigInteger.ModPow(Mod(1 - product), P - 2, P)));
    }

    private static byte[] Encode((BigInteger X, BigInteger Y) point)
    {
        var bytes = new byte[32];
        point.Y.TryWriteBytes(bytes, out _, isUnsigned: true);
        if (!point.X.IsEven)
            bytes[31] |= 0x80;
        return bytes;
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true);

    private static BigInteger Mod(BigInteger value)
    {
        var rest = value % P;
        return rest.Sign < 0 ? rest + P : rest;
    }
}
