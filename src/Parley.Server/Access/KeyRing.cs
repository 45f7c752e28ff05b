using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Parley.Server.Access;

/// <summary>
/// The accepted keys: configured keys, virtual keys and the development key. All are compared as hashes, in constant time; a virtual key is looked up by
/// its id first, a configured key is compared with all of them.
/// </summary>
internal sealed partial class KeyRing
{
    private const string Development = "development";

    private readonly LiveApiOptions _options;
    private readonly byte[]? _developmentKey;
    private readonly ISecretStore _secrets;
    private readonly RequestOrigin _origin;
    private readonly IKeyStore _store;
    private readonly KnownKeys _virtual;
    private readonly WallClock _clock;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, Caller> _inProcess = new(StringComparer.Ordinal);
    private Loaded? _loaded;

    public KeyRing(IOptions<LiveApiOptions> options, ISecretStore secrets, RequestOrigin origin, IKeyStore store, KnownKeys virtualKeys, WallClock clock, ILogger<KeyRing> logger)
    {
        (_options, _secrets, _origin, _store, _virtual, _clock, _logger) = (options.Value, secrets, origin, store, virtualKeys, clock, logger);
        _developmentKey = _options.DevelopmentKey is { } key ? Hash(key) : null;
    }

    private Loaded Keys => _loaded ?? throw new InvalidOperationException("The keys are loaded when the host starts. Start it first.");

    /// <summary>Loads the secret that owners are derived with; called at the start of the server.</summary>
    internal async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        var pepper = (await _secrets.GetKeyAsync("owners", cancellationToken).ConfigureAwait(false)).ToArray();
        _loaded = new Loaded(pepper, [.. _options.ApiKeys.Select(Hash).Select(hash => (hash, Configured(hash, pepper)))]);
    }

    /// <summary>
    /// Whether there is any secret key: a configured or a virtual one. Without one, nothing that costs money or is private may be served.
    /// </summary>
    internal async ValueTask<bool> IsAuthenticationConfiguredAsync(CancellationToken cancellationToken) =>
        _options.ApiKeys.Count > 0 || await _store.AnyAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Whether the well-known development key is accepted from this machine.</summary>
    internal bool AcceptsDevelopmentKey => _developmentKey is not null;

    /// <summary>The caller with a key, or why the key is not accepted.</summary>
    internal async ValueTask<(Caller? Caller, Refusal? Refusal)> FindAsync(string key, HttpContext context)
    {
        var hash = Hash(key);
        Caller? configured = null;
        foreach (var (accepted, caller) in Keys.Configured)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, accepted))
                configured = caller;
        }
        if (configured is not null)
            return (configured, null);
        if (_developmentKey is not null && CryptographicOperations.FixedTimeEquals(hash, _developmentKey) && IsDeveloper(context))
            return (new Caller(OwnerOf(hash), Development), null);
        if (!KeyFormat.TryGetId(key, out var id)
            || await _virtual.FindAsync(id, context.RequestAborted).ConfigureAwait(false) is not { } stored
            || !CryptographicOperations.FixedTimeEquals(hash, stored.Hash.Span)
            || stored.Key.Revoked is not null)
        {
            return (null, Refusal.InvalidKey);
        }
        return stored.Key.IsValid(_clock.Now) ? (new Caller(OwnerOf(id), id, stored.Key), null) : (null, Refusal.ExpiredKey);
    }

    /// <summary>The caller for clients of this process: the virtual key of that id, or one without a key whose id is the name.</summary>
    internal async ValueTask<(Caller? Caller, Refusal? Refusal)> FindInProcessAsync(string name, CancellationToken cancellationToken)
    {
        if (_inProcess.TryGetValue(name, out var known))
            return (known, null);
        var (refusal, key) = await RecheckAsync(name, cancellationToken).ConfigureAwait(false);
        if (key is not null)
            return refusal is null ? (new Caller("key:" + name, name, key), null) : (null, refusal);
        return (_inProcess.GetOrAdd(name, static id => new Caller("in-process:" + id, id)), null);
    }

    /// <summary>The id of a configured key; null if the key is not configured.</summary>
    internal string? IdOf(string key)
    {
        var hash = Hash(key);
        return Array.Find(Keys.Configured, configured => CryptographicOperations.FixedTimeEquals(hash, configured.Hash)).Caller?.KeyId;
    }

    /// <summary>Key id of a user who is in no group. A keyed hash: it may be logged, and the id of a user may be a guessable address.</summary>
    internal string KeyIdOfUser(string owner) => "user-" + Convert.ToHexStringLower(HMACSHA256.HashData(Keys.Pepper, Encoding.UTF8.GetBytes(owner)).AsSpan(0, 10));

    /// <summary>The caller of a key that is known by its id or, if it is configured, by itself.</summary>
    internal async ValueTask<(Caller? Caller, Refusal? Refusal)> FindByIdAsync(string keyOrId, CancellationToken cancellationToken)
    {
        var id = IdOf(keyOrId) ?? keyOrId;
        if (Array.Find(Keys.Configured, configured => configured.Caller.KeyId == id).Caller is { } configured)
            return (configured, null);
        if (id == Development)
            return _developmentKey is { } development ? (new Caller(OwnerOf(development), Development), null) : (null, Refusal.InvalidKey);
        var (refusal, key) = await RecheckAsync(id, cancellationToken).ConfigureAwait(false);
        return refusal is null ? (new Caller(OwnerOf(id), id, key), null) : (null, refusal);
    }

    /// <summary>Why the key of a token or a session is no longer valid; null if it still is.</summary>
    /// <param name="keyId">Its <see cref="Caller.KeyId"/>.</param>
    /// <param name="cancellationToken">Cancels the look-up.</param>
    /// <returns>The refusal, and the virtual key as it is now; null if it is another key.</returns>
    internal async ValueTask<(Refusal? Refusal, VirtualKey? Key)> RecheckAsync(string keyId, CancellationToken cancellationToken)
    {
        if (_inProcess.ContainsKey(keyId))
            return (null, null);
        if (keyId == Development)
            return (_developmentKey is null ? Refusal.InvalidKey : null, null);
        if (Array.Exists(Keys.Configured, configured => configured.Caller.KeyId == keyId))
            return (null, null);
        var key = (await _virtual.FindAsync(keyId, cancellationToken).ConfigureAwait(false))?.Key;
        var refusal = key switch
        {
            null or { Revoked: not null } => Refusal.InvalidKey,
            _ => key.IsValid(_clock.Now) ? null : Refusal.ExpiredKey,
        };
        return (refusal, key);
    }

    private bool IsDeveloper(HttpContext context)
    {
        if (_origin.WhyNotLocal(context) is not { } source)
            return true;
        Log.DevelopmentKeyRefused(_logger, source);
        return false;
    }

    private static string OwnerOf(string virtualKeyId) => "key:" + virtualKeyId;

    // Keyed hash: owners are stored with sessions, and a plain hash of a short key could be reversed.
    private string OwnerOf(byte[] hash) => Convert.ToBase64String(HMACSHA256.HashData(Keys.Pepper, hash));

    // Identified by its hash and not by its position: the tokens of a removed key must not pass to another key.
    private static Caller Configured(byte[] hash, byte[] pepper)
    {
        var owner = HMACSHA256.HashData(pepper, hash);
        return new Caller(Convert.ToBase64String(owner), "configured-" + Convert.ToHexStringLower(owner.AsSpan(0, 4)));
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private sealed record Loaded(byte[] Pepper, (byte[] Hash, Caller Caller)[] Configured);

    private static partial class Log
    {
        [LoggerMessage(EventIds.DevelopmentKeyRefused, LogLevel.Warning, "Development key refused: it came from {Source}, and is accepted from this machine only. Configure a key in Live:ApiKeys, or create one with 'parley keys create'")]
        public static partial void DevelopmentKeyRefused(ILogger logger, string source);
    }
}
