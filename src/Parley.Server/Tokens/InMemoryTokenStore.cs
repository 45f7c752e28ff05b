using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Parley.Server;

/// <summary>
/// Tokens of this process. They are found by the hash of their name, so that the time of a lookup says nothing about the names there are.
/// </summary>
internal sealed class InMemoryTokenStore(IOptions<LiveApiOptions> options, TimeProvider time) : ITokenStore
{
    private const string Prefix = "auth_tokens/";
    private const int SecretBytes = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, EphemeralToken> _tokens = [];
    private readonly PriorityQueue<string, DateTimeOffset> _byExpiry = new();

    public string? Add(EphemeralToken token)
    {
        var name = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var hash = Hash(name);
        lock (_gate)
        {
            DropExpired();
            if (_tokens.Count >= options.Value.MaxTokens)
                return null;
            _tokens.Add(hash, token);
            _byExpiry.Enqueue(hash, token.ExpireTime);
        }
        return name;
    }

    public EphemeralToken? Find(string name)
    {
        var hash = Hash(name);
        lock (_gate)
            return _tokens.GetValueOrDefault(hash);
    }

    private void DropExpired()
    {
        var now = time.GetUtcNow();
        while (_byExpiry.TryPeek(out var hash, out var expiry) && expiry < now)
        {
            _byExpiry.Dequeue();
            _tokens.Remove(hash);
        }
    }

    private static string Hash(string name) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
