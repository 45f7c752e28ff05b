using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Storage;

namespace Parley.Server.Access;

/// <summary>
/// The accepted keys: configured keys, virtual keys and the development key. All are compared as hashes, in constant time; a virtual key is looked up by
/// its id first, a configured key is compared with all of them.
/// </summary>
internal sealed partial class KeyRing
{
    private const string Development = "development";

    private readonly (byte[] Hash, Caller Caller)[] _keys;
    private readonly byte[]? _developmentKey;
    private readonly byte[] _pepper;
    private readonly RequestOrigin _origin;
    private readonly IKeyStore _store;
    private readonly WallClock _clock;
    private readonly ILogger _logger;

    public KeyRing(IOptions<LiveApiOptions> options, ILiveSecrets secrets, RequestOrigin origin, IKeyStore store, WallClock clock, ILogger<KeyRing> logger)
    {
        (_origin, _store, _clock, _logger) = (origin, store, clock, logger);
        _pepper = secrets.Key("owners");
        _keys = [.. options.Value.ApiKeys.Select(Hash).Select(hash => (hash, Configured(hash)))];
        _developmentKey = options.Value.DevelopmentKey is { } key ? Hash(key) : null;
    }

    /// <summary>
    /// Whether there is any secret key: a configured or a virtual one. Without one, nothing that costs money or is private may be served.
    /// </summary>
    internal bool AuthenticationConfigured => _keys.Length > 0 || _store.Any();

    /// <summary>Whether the well-known development key is accepted from this machine.</summary>
    internal bool AcceptsDevelopmentKey => _developmentKey is not null;

    /// <summary>The caller with a key, or why the key is not accepted.</summary>
    internal (Caller? Caller, Refusal? Refusal) Find(string key, HttpContext context)
    {
        var hash = Hash(key);
        Caller? configured = null;
        foreach (var (accepted, caller) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, accepted))
                configured = caller;
        }
        if (configured is not null)
            return (configured, null);
        if (_developmentKey is not null && CryptographicOperations.FixedTimeEquals(hash, _developmentKey) && IsDeveloper(context))
            return (new Caller(OwnerOf(hash), Development), null);
        if (!KeyFormat.TryGetId(key, out var id) || _store.Find(id) is not { } stored || !CryptographicOperations.FixedTimeEquals(hash, stored.Hash) || stored.Key.Revoked is not null)
            return (null, Refusal.InvalidKey);
        return stored.Key.IsValid(_clock.Now) ? (new Caller("key:" + id, id, stored.Key), null) : (null, Refusal.ExpiredKey);
    }

    /// <summary>The id of a configured key; null if the key is not configured.</summary>
    internal string? IdOf(string key)
    {
        var hash = Hash(key);
        return Array.Find(_keys, configured => CryptographicOperations.FixedTimeEquals(hash, configured.Hash)).Caller?.KeyId;
    }

    /// <summary>Why the key of a token or a session is no longer valid; null if it still is.</summary>
    /// <param name="keyId">Its <see cref="Caller.KeyId"/>.</param>
    /// <param name="key">The virtual key as it is now; null if it is another key.</param>
    internal Refusal? Recheck(string keyId, out VirtualKey? key)
    {
        key = null;
        if (keyId == Development)
            return _developmentKey is null ? Refusal.InvalidKey : null;
        if (Array.Exists(_keys, configured => configured.Caller.KeyId == keyId))
            return null;
        key = _store.Find(keyId)?.Key;
        return key switch
        {
            null or { Revoked: not null } => Refusal.InvalidKey,
            _ => key.IsValid(_clock.Now) ? null : Refusal.ExpiredKey,
        };
    }

    private bool IsDeveloper(HttpContext context)
    {
        if (_origin.WhyNotLocal(context) is not { } source)
            return true;
        Log.DevelopmentKeyRefused(_logger, source);
        return false;
    }

    // Keyed hash: owners are stored with sessions, and a plain hash of a short key could be reversed.
    private string OwnerOf(byte[] hash) => Convert.ToBase64String(HMACSHA256.HashData(_pepper, hash));

    // Identified by its hash and not by its position: the tokens of a removed key must not pass to another key.
    private Caller Configured(byte[] hash)
    {
        var owner = HMACSHA256.HashData(_pepper, hash);
        return new Caller(Convert.ToBase64String(owner), "configured-" + Convert.ToHexStringLower(owner.AsSpan(0, 4)));
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static partial class Log
    {
        [LoggerMessage(EventIds.DevelopmentKeyRefused, LogLevel.Warning, "Development key refused: it came from {Source}, and is accepted from this machine only. Configure a key in Live:ApiKeys, or create one with 'parley keys create'")]
        public static partial void DevelopmentKeyRefused(ILogger logger, string source);
    }
}
