using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Access;
using Parley.Server.Storage;

namespace Parley.Server;

/// <summary>
/// Creates, lists, changes and revokes virtual keys: keys of this server for its clients, who then do not need the key of the upstream. Resolve it from the
/// services of the server, or call <see cref="Open"/> on its data folder, whether the server runs or not. Safe for use by many threads.
/// </summary>
public sealed class LiveKeys : IAsyncDisposable
{
    private const int MaxNameLength = 100, MaxModels = 100;

    private readonly IKeyStore _store;
    private readonly TimeProvider _time;
    private readonly LiveDatabase? _database;
    private readonly LiveDatabaseWriter? _writer;

    /// <summary>Manages the keys of a store. Disposing this does not dispose the store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="timeProvider">The clock; null = <see cref="TimeProvider.System"/>.</param>
    public LiveKeys(IKeyStore store, TimeProvider? timeProvider = null)
        : this(store, timeProvider ?? TimeProvider.System, null, null) => ArgumentNullException.ThrowIfNull(store);

    private LiveKeys(IKeyStore store, TimeProvider time, LiveDatabase? database, LiveDatabaseWriter? writer) =>
        (_store, _time, _database, _writer) = (store, time, database, writer);

    /// <summary>Opens the keys of a data folder; dispose it to release the folder. A running server sees every change at once.</summary>
    /// <param name="folder">The folder; created if missing.</param>
    /// <param name="timeProvider">The clock; null = <see cref="TimeProvider.System"/>.</param>
    /// <exception cref="InvalidOperationException">The database cannot be used, or was written by a newer version.</exception>
    /// <exception cref="IOException">The folder cannot be created, or other users can read it.</exception>
    public static LiveKeys Open(string folder, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var database = new LiveDatabase(folder);
        var writer = new LiveDatabaseWriter(database, NullLogger<LiveDatabaseWriter>.Instance);
        return new LiveKeys(new SqliteKeyStore(database, writer), timeProvider ?? TimeProvider.System, database, writer);
    }

    /// <summary>Creates a key. Its secret is returned here only.</summary>
    /// <param name="name">Display name, at most 100 characters.</param>
    /// <param name="limits">Its limits; null = none.</param>
    /// <param name="expires">When it expires; null = never.</param>
    /// <param name="cancellationToken">Cancels the wait; the key may be created all the same.</param>
    /// <exception cref="ArgumentException">The name, a limit or the expiry is invalid.</exception>
    /// <exception cref="StorageException">The key could not be stored.</exception>
    public async Task<CreatedKey> CreateAsync(string name, KeyLimits? limits = null, DateTimeOffset? expires = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        limits ??= new KeyLimits();
        var now = _time.GetUtcNow();
        Check(name.Length <= MaxNameLength && !name.Any(char.IsControl), $"The name must have 1 to {MaxNameLength} characters, without control characters.");
        Check(expires is null || expires > now, "The expiry must be in the future.");
        var id = KeyFormat.NewId();
        var secret = KeyFormat.NewSecret(id);
        var key = new VirtualKey { Id = id, Name = name, Created = now, Expires = expires, Limits = Checked(limits) };
        await _store.AddAsync(new StoredKey(key, KeyFormat.Hash(secret)), cancellationToken).ConfigureAwait(false);
        return new CreatedKey(secret, key);
    }

    /// <summary>Returns all keys, including revoked ones, newest first.</summary>
    /// <exception cref="StorageException">The keys could not be read.</exception>
    public async Task<IReadOnlyList<VirtualKey>> ListAsync(CancellationToken cancellationToken = default) =>
        await _store.ListAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Replaces the limits of a key. New connections get them at once, open sessions the limits of a day within half a minute, or at once with a store that signals changes, such as PostgreSQL.</summary>
    /// <returns>False if there is no such key.</returns>
    /// <exception cref="ArgumentException">A limit is invalid.</exception>
    /// <exception cref="StorageException">The limits could not be stored.</exception>
    public async Task<bool> SetLimitsAsync(string id, KeyLimits limits, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentNullException.ThrowIfNull(limits);
        return await _store.SetLimitsAsync(id, Checked(limits), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Revokes a key permanently: it is refused from now on, and so are tokens minted with it. Its open sessions end within half a minute, or at once with a store that signals changes, such as PostgreSQL.</summary>
    /// <returns>False if there is no such key.</returns>
    /// <exception cref="StorageException">The key could not be revoked.</exception>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        return await _store.RevokeAsync(id, _time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync().ConfigureAwait(false);
        _database?.Dispose();
    }

    /// <summary>The limits, with the names of models in one form.</summary>
    /// <exception cref="ArgumentException">A limit is invalid.</exception>
    internal static KeyLimits Checked(KeyLimits limits)
    {
        Check(limits is { MaxSessions: null or > 0, OpensPerMinute: null or > 0, MinutesPerDay: null or > 0, TokensPerDay: null or > 0 }, "Limits must be at least 1; omit a limit for none.");
        Check(limits.Models.Count <= MaxModels && limits.Models.All(static model => model is { Length: > 0 and <= 128 } && !model.Contains(' ', StringComparison.Ordinal)), $"There may be at most {MaxModels} models, each a name of 1 to 128 characters without spaces.");
        return limits with { Models = [.. limits.Models.Select(static model => model.StartsWith("models/", StringComparison.Ordinal) ? model["models/".Length..] : model)] };
    }

    private static void Check(bool holds, string error)
    {
        if (!holds)
            throw new ArgumentException(error);
    }
}
