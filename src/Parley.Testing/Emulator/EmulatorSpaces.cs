using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Parley.Testing.Emulator;

/// <summary>The spaces of an emulator by key, and the tokens that their servers have issued.</summary>
internal sealed class EmulatorSpaces(LiveEmulatorOptions options) : IAsyncDisposable
{
    /// <summary>Each is a server with a few threads' worth of work at most; a test suite that forgets to delete its spaces must notice.</summary>
    private const int Most = 1_000;

    private readonly ConcurrentDictionary<string, EmulatorSpace> _spaces = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _tokens = new(StringComparer.Ordinal);
    private EmulatorSpace? _default;

    /// <summary>The space of clients without a known key; its server refuses them as the service would.</summary>
    internal EmulatorSpace Default => _default ?? throw new InvalidOperationException("The emulator has no space yet.");

    internal IEnumerable<EmulatorSpace> All => _spaces.Values.OrderBy(static space => space.Key, StringComparer.Ordinal);

    internal EmulatorSpace? Find(string key) => _spaces.GetValueOrDefault(key);

    /// <summary>Starts a space.</summary>
    /// <param name="key">Its key; null = a random one.</param>
    /// <param name="file">Its scenario; null = it repeats what it hears.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>Null if the key is in use.</returns>
    /// <exception cref="InvalidOperationException">There are too many spaces.</exception>
    internal async Task<EmulatorSpace?> AddAsync(string? key, ScenarioFile? file, CancellationToken cancellationToken)
    {
        if (_spaces.Count >= Most)
            throw new InvalidOperationException($"There are {Most} spaces, which is the most. Delete those that are not used any more.");
        key ??= "test-" + RandomNumberGenerator.GetHexString(12, lowercase: true);
        if (_spaces.ContainsKey(key))
            return null;
        var space = await EmulatorSpace.StartAsync(key, file, options, cancellationToken).ConfigureAwait(false);
        if (!_spaces.TryAdd(key, space))
        {
            await space.DisposeAsync().ConfigureAwait(false);
            return null;
        }
        _default ??= space;
        return space;
    }

    /// <summary>Ends a space; false if there is none with this key.</summary>
    internal async Task<bool> RemoveAsync(string key)
    {
        if (!_spaces.TryRemove(key, out var space))
            return false;
        await space.DisposeAsync().ConfigureAwait(false);
        return true;
    }

    /// <summary>The space that a client with this credential is for.</summary>
    internal EmulatorSpace Of(string? key, string? token) =>
        (key is null ? null : Find(key)) ?? (token is not null && _tokens.TryGetValue(token, out var owner) ? Find(owner) : null) ?? Default;

    /// <summary>Remembers which server issued a token.</summary>
    internal void Issued(string token, EmulatorSpace by) => _tokens[token] = by.Key;

    public async ValueTask DisposeAsync()
    {
        foreach (var space in _spaces.Values)
            await space.DisposeAsync().ConfigureAwait(false);
    }
}
