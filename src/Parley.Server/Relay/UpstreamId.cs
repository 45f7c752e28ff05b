using System.Security.Cryptography;
using System.Text;

namespace Parley.Server.Relay;

/// <summary>Computes the stable id of an upstream, by which a handle refers to it.</summary>
internal static class UpstreamId
{
    /// <summary>The name it was given, or the start of a hash of address and key.</summary>
    internal static string Of(UpstreamOptions upstream) => upstream.Name is { Length: > 0 } name
        ? name
        : "upstream-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{upstream.Url}\n{upstream.KeyFile ?? upstream.Key}")).AsSpan(0, 4));
}
