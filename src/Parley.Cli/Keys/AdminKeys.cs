using Parley.Cli.Admin;
using Parley.Server;

namespace Parley.Cli.Keys;

/// <summary>The keys of a running server, through its admin API.</summary>
internal sealed class AdminKeys(AdminClient client) : IKeyStore
{
    public string Name => client.Name;

    public async Task<CreatedKeyBody> CreateAsync(string name, KeyLimits limits, DateTimeOffset? expires, CancellationToken cancellationToken)
    {
        var body = new KeyRequestBody(name, expires, limits);
        var json = await client.SendAsync(HttpMethod.Post, "keys", body, AdminBodies.Default.KeyRequestBody, cancellationToken);
        return client.Read(json ?? [], AdminBodies.Default.CreatedKeyBody);
    }

    public async Task<KeyList> ListAsync(CancellationToken cancellationToken)
    {
        var list = await client.GetAsync("keys", AdminBodies.Default.KeyListBody, cancellationToken);
        return new KeyList(list.Keys ?? [], list.Partial is true);
    }

    public async Task<bool> SetLimitsAsync(string id, KeyLimits limits, CancellationToken cancellationToken) =>
        await client.SendAsync(HttpMethod.Patch, PathOf(id), new KeyChangeBody(limits), AdminBodies.Default.KeyChangeBody, cancellationToken) is not null;

    public async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken) =>
        await client.SendAsync(HttpMethod.Delete, PathOf(id), cancellationToken) is not null;

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string PathOf(string id) => "keys/" + Uri.EscapeDataString(id);
}
