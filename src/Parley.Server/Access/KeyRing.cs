using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
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
    private readonly IKeyStore _store;
    private readonly WallClock _clock;
    private readonly ILogger _logger;

    public KeyRing(IOptions<LiveApiOptions> options, ILiveSecrets secrets, IKeyStore store, WallClock clock, ILogger<KeyRing> logger)
    {
        (_store, _clock, _logger) = (store, clock, logger);
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

    /// <summary>Whether the key of a token or a session is still valid.</summary>
    /// <param name="keyId">Its <see cref="Caller.KeyId"/>.</param>
    /// <param name="key">The virtual key; null if it is another key.</param>
    internal bool FindById(string keyId, out VirtualKey? key)
    {
        key = null;
        if (keyId == Development)
            return _developmentKey is not null;
        if (Array.Exists(_keys, configured => configured.Caller.KeyId == keyId))
            return true;
        key = _store.Find(keyId)?.Key;
        return key?.IsValid(_clock.Now) is true;
    }

    /// <summary>
    /// Loopback only, not through a proxy (which would make every client look local), and not from a page of another site (which could use the server of
    /// every developer who visits it). Origin <c>null</c> is a file that the developer opened.
    /// </summary>
    private bool IsDeveloper(HttpContext context)
    {
        var headers = context.Request.Headers;
        var origin = headers[HeaderNames.Origin].ToString();
        var isProxied = headers.ContainsKey("Forwarded") || headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("X-Original-For");
        var isForeign = origin is not ("" or "null") && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.IsLoopback);
        var isRemote = context.Connection.RemoteIpAddress is { } address && !IsLoopback(address);
        if (!isProxied && !isForeign && !isRemote)
            return true;
        Log.DevelopmentKeyRefused(_logger, isRemote ? "another machine" : isProxied ? "a proxy" : "a page of another site");
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

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static partial class Log
    {
        [LoggerMessage(EventIds.DevelopmentKeyRefused, LogLevel.Warning, "Development key refused: it came from {Source}, and is accepted from this machine only. Configure a key in Live:ApiKeys, or create one with 'parley keys create'")]
        public static partial void DevelopmentKeyRefused(ILogger logger, string source);
    }
}
