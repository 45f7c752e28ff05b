using System.Data.Common;
using Parley.Cli.Storage;
using Parley.Server;

namespace Parley.Cli.Keys;

/// <summary>The keys in a data folder, whether a server runs on it or not.</summary>
internal sealed class FolderKeys : IKeyStore
{
    private readonly LiveKeys _keys;
    private readonly TimeProvider _timeProvider;

    private FolderKeys(LiveKeys keys, string folder, TimeProvider timeProvider) => (_keys, Name, _timeProvider) = (keys, folder, timeProvider);

    public string Name { get; }

    /// <param name="folder">The folder.</param>
    /// <param name="mayCreate">Whether a missing folder is created; otherwise the result is null.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <exception cref="CommandException">The folder cannot be used.</exception>
    internal static FolderKeys? Open(string folder, bool mayCreate, TimeProvider timeProvider)
    {
        if (!mayCreate && !Directory.Exists(folder) && !File.Exists(folder))
            return null;
        DataFolder.Create(folder);
        try
        {
            return new FolderKeys(LiveKeys.Open(folder, timeProvider), folder, timeProvider);
        }
        catch (Exception e) when (e is InvalidOperationException or DbException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The data folder {folder} cannot be used: {e.Message}", ExitCodes.Failure);
        }
    }

    public async Task<CreatedKeyBody> CreateAsync(string name, KeyLimits limits, DateTimeOffset? expires, CancellationToken cancellationToken)
    {
        var created = await _keys.CreateAsync(name, limits, expires, cancellationToken);
        return new CreatedKeyBody(created.Secret, KeyRow.Of(created.Key, _timeProvider.GetUtcNow()));
    }

    public async Task<IReadOnlyList<KeyRow>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await _keys.ListAsync(cancellationToken)).Select(key => KeyRow.Of(key, _timeProvider.GetUtcNow()))];

    public Task<bool> RevokeAsync(string id, CancellationToken cancellationToken) => _keys.RevokeAsync(id, cancellationToken);

    public ValueTask DisposeAsync() => _keys.DisposeAsync();
}
