using Parley.Server;

namespace Parley.Cli.Keys;

/// <summary>Where the keys of a server are managed: its data folder, or its admin API.</summary>
internal interface IKeyStore : IAsyncDisposable
{
    /// <summary>The store in words, for messages.</summary>
    string Name { get; }

    Task<CreatedKeyBody> CreateAsync(string name, KeyLimits limits, DateTimeOffset? expires, CancellationToken cancellationToken);

    Task<IReadOnlyList<KeyRow>> ListAsync(CancellationToken cancellationToken);

    /// <returns>False if there is no such key.</returns>
    Task<bool> RevokeAsync(string id, CancellationToken cancellationToken);
}
