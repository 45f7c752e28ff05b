using Parley.Cli.Admin;
using Parley.Server;

namespace Parley.Cli.Keys;

/// <summary>The keys in the storage of a server, whether it runs or not.</summary>
/// <param name="keys">The keys.</param>
/// <param name="name">The storage in words.</param>
/// <param name="advice">What to do if the storage cannot be used; empty if there is nothing to say.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="owner">Disposed with this.</param>
internal sealed class DirectKeys(LiveKeys keys, string name, string advice, TimeProvider timeProvider, IAsyncDisposable owner) : IKeyStore
{
    public string Name => name;

    public async Task<CreatedKeyBody> CreateAsync(string name, KeyLimits limits, DateTimeOffset? expires, CancellationToken cancellationToken)
    {
        var created = await RunAsync(keys.CreateAsync(name, limits, expires, cancellationToken));
        return new CreatedKeyBody(created.Secret, KeyRow.Of(created.Key, timeProvider.GetUtcNow()));
    }

    public async Task<KeyList> ListAsync(CancellationToken cancellationToken) =>
        new([.. (await RunAsync(keys.ListAsync(cancellationToken))).Select(key => KeyRow.Of(key, timeProvider.GetUtcNow()))]);

    public Task<bool> SetLimitsAsync(string id, KeyLimits limits, CancellationToken cancellationToken) =>
        RunAsync(keys.SetLimitsAsync(id, limits, cancellationToken));

    public Task<bool> RevokeAsync(string id, CancellationToken cancellationToken) => RunAsync(keys.RevokeAsync(id, cancellationToken));

    public ValueTask DisposeAsync() => owner.DisposeAsync();

    private async Task<T> RunAsync<T>(Task<T> operation)
    {
        try
        {
            return await operation;
        }
        catch (StorageException e)
        {
            throw new CommandException($"The keys in {name} cannot be used: {e.Message.TrimEnd('.')}. {advice}".TrimEnd(), ExitCodes.Failure);
        }
    }
}
