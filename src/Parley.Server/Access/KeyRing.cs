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
/// The keys that are accepted: those of the configuration, virtual keys, and the development key. All are compared as hashes, in the same
/// time for every wrong key; a virtual key is found by its id first, one of the configuration is compared with all of them.
/// </summary>
internal sealed partial class KeyRing
{
    private const string Development = "development";

    private readonly (byte[] Hash, Caller Caller)[] _keys;
    private readonly byte[]? _developmentKey;
    private readonly byte[] _pepper;
    private readonly IKeyStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public KeyRing(IOptions<LiveApiOptions> options, ILiveSecrets secrets, IKeyStore store, TimeProvider time, ILogger<KeyRing> logger)
    {
        (_store, _time, _logger) = (store, time, logger);
        _pepper = secrets.Key("owners");
        _keys = [.. options.Value.ApiKeys.Select(Hash).Select(hash => (hash, Configured(hash)))];
        _developmentKey = options.Value.DevelopmentKey is { } key ? Hash(key) : null;
    }

    /// <summary>
    /// Whether there is any key that strangers do not know: one of the configuration, or a virtual key. Without one, nothing that costs money or
    /// is private may be served.
    /// </summary>
    internal bool AuthenticationConfigured => _keys.Length > 0 || _store.Any();

    /// <summary>Whether the well-known key is accepted from this machine.</summary>
    internal bool AcceptsDevelopmentKey => _developmentKey is not null;

    /// <summary>Who shows a key, or why it is not accepted.</summary>
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
        return stored.Key.IsValid(_time.GetUtcNow()) ? (new Caller("key:" + id, id, stored.Key), null) : (null, Refusal.ExpiredKey);
    }

    /// <summary>The id of a key of the configuration; null where it is none.</summary>
    internal string? IdOf(string key)
    {
        var hash = Hash(key);
        return Array.Find(_keys, configured => CryptographicOperations.FixedTimeEquals(hash, configured.Hash)).Caller?.KeyId;
    }

    /// <summary>Whether the key a token or a session came by still stands.</summary>
    /// <param name="keyId">Its <see cref="Caller.KeyId"/>.</param>
    /// <param name="key">The virtual key, where it is one.</param>
    internal bool FindById(string keyId, out VirtualKey? key)
    {
        key = null;
        if (keyId == Development)
            return _developmentKey is not null;
        if (Array.Exists(_keys, configured => configured.Caller.KeyId == keyId))
            return true;
        key = _store.Find(keyId)?.Key;
        return key?.IsValid(_time.GetUtcNow()) is true;
    }

    /// <summary>
    /// Loopback, not through a proxy (that would make the world look local), and not from a page of another site, which could otherwise
    /// use the server of whoever visits it. A page without a site of its own (<c>null</c>) is a file the developer opened.
    /// </summary>
    private bool IsDeveloper(HttpContext context)
    {
        var headers = context.Request.Headers;
        var origin = headers[HeaderNames.Origin].ToString();
        var isProxied = headers.ContainsKey("Forwarded") || headers.ContainsKey("X-Forwarded-For");
        var isForeign = origin is not ("" or "null") && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.IsLoopback);
        var isRemote = context.Connection.RemoteIpAddress is { } address && !IsLoopback(address);
        if (!isProxied && !isForeign && !isRemote)
            return true;
        Log.DevelopmentKeyRefused(_logger, isRemote ? "another machine" : isProxied ? "behind a proxy" : "a page of another site");
        return false;
    }

    // Sealed with a key of the server: an owner is stored with sessions, and a plain hash of a short key could be guessed from it.
    private string OwnerOf(byte[] hash) => Convert.ToBase64String(HMACSHA256.HashData(_pepper, hash));

    // By what it is and not by its place in the list: a key that is taken out of the configuration must not pass its tokens on to another.
    private Caller Configured(byte[] hash)
    {
        var owner = HMACSHA256.HashData(_pepper, hash);
        return new Caller(Convert.ToBase64String(owner), "configured-" + Convert.ToHexStringLower(owner.AsSpan(0, 4)));
    }

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static partial class Log
    {
        [LoggerMessage(EventIds.DevelopmentKeyRefused, LogLevel.Warning, "The development key came from {Where}; it is accepted from this machine only. Configure a key in Live:ApiKeys, or create one with 'parley keys create'")]
        public static partial void DevelopmentKeyRefused(ILogger logger, string where);
    }
}
