using System.Security.Cryptography;

namespace Parley.Server.Wire;

/// <summary>Ids of connections and of the sessions that begin on them: 32 hexadecimal digits, never guessed.</summary>
internal static class RandomId
{
    internal const int Bytes = 16;

    internal static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
}
