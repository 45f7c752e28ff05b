using System.Security.Cryptography;

namespace Parley.Server.Wire;

/// <summary>Creates ids of connections and sessions: 32 random hexadecimal digits.</summary>
internal static class RandomId
{
    internal const int Bytes = 16;

    internal static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
}
