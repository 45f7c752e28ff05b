using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server.Access;
using Parley.Server.Storage;

namespace Parley.Server;

/// <summary>
/// Creates and revokes virtual keys: keys this server gives to its clients, so that none of them holds the one of the service behind.
/// From the services of the server, or with <see cref="Open"/> on its data folder, whether it runs or not. Safe for use by many threads.
/// </summary>
public sealed class LiveKeys : IAsyncDisposable
{
    private const int MaxNameLength = 100, MaxModels = 100;

    private readonly IKeyStore _store;
    private readonly TimeProvider _time;
    private readonly LiveDatabaseWriter? _writer;

    internal LiveKeys(IKeyStore store, TimeProvider time, LiveDatabaseWriter? writer = null) => (_store, _time, _writer) = (store, time, writer);

    /// <summary>The keys of a data folder; dispose to let go of it. A server that runs on the folder sees every change at once.</summary>
    /// <param name="folder">The folder; made where it is missing.</param>
    /// <param name="timeProvider">All time; null = the system's.</param>
    /// <exception cref="InvalidOperationException">The folder belongs to a newer version.</exception>
    public static LiveKeys Open(string folder, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var database = new LiveDatabase(folder);
        var writer = new LiveDatabaseWriter(database, NullLogger<LiveDatabaseWriter>.Instance);
        return new LiveKeys(new SqliteKeyStore(database, writer), timeProvider ?? TimeProvider.System, writer);
    }

    /// <summary>Makes a key. Its secret is in the answer and nowhere else.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="limits">What it may do; null = everything.</param>
    /// <param name="expires">When it ends; null = never.</param>
    /// <exception cref="ArgumentException">The name or a limit makes no sense.</exception>
    public async Task<CreatedKey> CreateAsync(string name, KeyLimits? limits = null, DateTimeOffset? expires = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        limits ??= new KeyLimits();
        var now = _time.GetUtcNow();
        Check(name.Length <= MaxNameLength && !name.Any(char.IsControl), $"A name has at most {MaxNameLength} characters, none of them a control character.");
        Check(expires is null || expires > now, "The key would be over before it begins.");
        Check(limits is { MaxSessions: null or > 0, OpensPerMinute: null or > 0, MinutesPerDay: null or > 0, TokensPerDay: null or > 0 }, "Limits are numbers from 1; leave one out to have none.");
        Check(limits.Models.Count <= MaxModels && limits.Models.All(static model => model is { Length: > 0 and <= 128 } && !model.Contains(' ', StringComparison.Ordinal)), "Models are names without spaces.");
        var id = KeyFormat.NewId();
        var secret = KeyFormat.NewSecret(id);
        var models = limits.Models.Select(static model => model.StartsWith("models/", StringComparison.Ordinal) ? model["models/".Length..] : model);
        var key = new VirtualKey { Id = id, Name = name, Created = now, Expires = expires, Limits = limits with { Models = [.. models] } };
        await _store.AddAsync(key, KeyFormat.Hash(secret)).ConfigureAwait(false);
        return new CreatedKey(secret, key);
    }

    /// <summary>All keys, revoked ones too, the newest first.</summary>
    public IReadOnlyList<VirtualKey> List() => _store.List();

    /// <summary>Revokes a key for good: it opens nothing from now on, and neither do tokens minted with it. Its sessions end within a minute.</summary>
    /// <returns>False where there is no such key.</returns>
    public Task<bool> RevokeAsync(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        return _store.RevokeAsync(id, _time.GetUtcNow()).AsTask();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _writer?.DisposeAsync() ?? default;

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
            throw new ArgumentException(otherwise);
    }
}
