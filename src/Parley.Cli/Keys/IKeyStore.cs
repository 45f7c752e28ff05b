using Parley.Cli.Admin;
using Parley.Server;

namespace Parley.Cli.Keys;

/// <summary>Where the keys of a server are managed: its data folder, its database, or its admin API.</summary>
internal interface IKeyStore : IAsyncDisposable
{
    /// <summary>The store in words, for messages.</summary>
    string Name { get; }

    Task<CreatedKeyBody> CreateAsync(string name, KeyLimits limits, DateTimeOffset? expires, CancellationToken cancellationToken);

    Task<KeyList> ListAsync(CancellationToken cancellationToken);

    /// <summary>Replaces the limits of a key.</summary>
    /// <returns>False if there is no such key.</returns>
    Task<bool> SetLimitsAsync(string id, KeyLimits limits, CancellationToken cancellationToken);

    /// <returns>False if there is no such key.</returns>
    Task<bool> RevokeAsync(string id, CancellationToken cancellationToken);
}

/// <summary>The keys of a store.</summary>
/// <param name="Keys">The keys, newest first.</param>
/// <param name="IsPartial">The server could not read its store: keys are missing.</param>
internal sealed record KeyList(IReadOnlyList<KeyRow> Keys, bool IsPartial = false);
