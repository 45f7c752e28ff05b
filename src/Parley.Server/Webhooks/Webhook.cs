using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Server.Webhooks;

/// <summary>A configured receiver: what it gets, and how requests to it are signed.</summary>
internal sealed class Webhook(string name, LiveWebhookOptions options)
{
    private const string SecretPrefix = "whsec_";

    private readonly byte[] _key = Key(options.Secret!)!;

    internal string Name => name;

    internal Uri Url { get; } = options.Url!;

    internal LiveWebhookOptions Options => options;

    internal bool Wants(string type) => options.Events.Count == 0 || options.Events.Any(pattern => Matches(pattern, type));

    /// <summary><c>v1,</c> and the base64 HMAC-SHA256 of <c>id.timestamp.body</c>, as the Standard Webhooks specification signs (<see href="https://www.standardwebhooks.com"/>).</summary>
    internal string Sign(string id, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")));
        hash.AppendData(body);
        return "v1," + Convert.ToBase64String(hash.GetHashAndReset());
    }

    /// <summary>Whether a pattern of <see cref="LiveWebhookOptions.Events"/> names a type: <c>tool.called</c>, <c>tool.*</c>, <c>*</c>.</summary>
    internal static bool Matches(string pattern, string type) =>
        pattern.EndsWith('*') ? type.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == type;

    /// <summary>The key of a secret; null if the secret is not valid.</summary>
    internal static byte[]? Key(string secret)
    {
        if (!secret.StartsWith(SecretPrefix, StringComparison.Ordinal))
            return secret.Length >= 16 ? Encoding.UTF8.GetBytes(secret) : null;
        var key = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[SecretPrefix.Length..], key, out var length) && length is >= 24 and <= 64 ? key[..length] : null;
    }
}
