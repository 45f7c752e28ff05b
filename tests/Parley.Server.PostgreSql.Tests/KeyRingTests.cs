using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.PostgreSql.Tests.Support;

namespace Parley.Server.PostgreSql.Tests;

/// <summary>The key ring in the database, and the secret that it is encrypted with.</summary>
public sealed class KeyRingTests(PostgresCluster cluster) : IAsyncLifetime
{
    private const string Old = "a master secret of more than 32 characters", New = "another master secret of more than 32 characters";

    private readonly PostgresStores _stores = new(cluster);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    [Fact]
    public async Task Servers_that_start_together_have_one_key_ring()
    {
        var servers = Enumerable.Range(0, 8).Select(_ => Open()).ToList();

        await Task.WhenAll(servers.Select(static secrets => Task.Run(() => secrets.GetKeyAsync("handles", Cancellation).AsTask(), Cancellation)));

        Assert.Equal(1L, await cluster.ExecuteAsync($"SELECT count(*) FROM {_stores.Schema}.key_ring"));
        var sealedText = servers[0].Protection.CreateProtector("tokens").Protect("a token");
        Assert.All(servers, server => Assert.Equal("a token", server.Protection.CreateProtector("tokens").Unprotect(sealedText)));
    }

    [Fact]
    public async Task Key_ring_without_a_master_secret_is_reported()
    {
        await Open().GetKeyAsync("handles", Cancellation);

        Assert.Contains("<masterKey", await RingAsync(), StringComparison.Ordinal);
        Assert.Single(_stores.Logs.Entries, static entry => entry.EventId.Id == EventIds.KeyRingUnsealed);
    }

    [Fact]
    public async Task Key_ring_is_encrypted_with_the_master_secret()
    {
        await Open(Old).GetKeyAsync("handles", Cancellation);

        Assert.DoesNotContain("masterKey", await RingAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(_stores.Logs.Entries, static entry => entry.EventId.Id == EventIds.KeyRingUnsealed);
    }

    [Fact]
    public async Task Master_secret_can_be_added_and_replaced()
    {
        var key = (await Open().GetKeyAsync("handles", Cancellation)).ToArray();
        Assert.Equal(key, (await Open(Old).GetKeyAsync("handles", Cancellation)).ToArray());
        Assert.DoesNotContain("masterKey", await RingAsync(), StringComparison.Ordinal);

        // First every server learns the new secret, then it becomes the current one.
        Assert.Equal(key, (await Open(Old, New).GetKeyAsync("handles", Cancellation)).ToArray());
        Assert.Equal(key, (await Open(New, Old).GetKeyAsync("handles", Cancellation)).ToArray());

        Assert.Equal(key, (await Open(New).GetKeyAsync("handles", Cancellation)).ToArray());
        Assert.Equal(2, _stores.Logs.Entries.Count(static entry => entry.EventId.Id == EventIds.KeyRingResealed));
    }

    [Theory]
    [InlineData(null, "none is configured. Set Postgres:MasterSecret.")]
    [InlineData(New, "with another master secret.")]
    public async Task Start_with_a_wrong_master_secret_is_refused(string? secret, string reason)
    {
        await Open(Old).GetKeyAsync("handles", Cancellation);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Open(secret).GetKeyAsync("handles", Cancellation).AsTask());

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(New, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE {0}.key_ring SET xml = set_byte(xml, 40, get_byte(xml, 40) # 1)", "was altered")]
    [InlineData("UPDATE {0}.key_ring SET id = 'moved'", "was altered")]
    [InlineData("DELETE FROM {0}.key_ring", "cannot decrypt the table secrets")]
    public async Task Altered_key_ring_is_refused(string sql, string reason)
    {
        await Open(Old).GetKeyAsync("handles", Cancellation);
        await cluster.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, _stores.Schema));

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Open(Old).GetKeyAsync("handles", Cancellation).AsTask());

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    private ISecretStore Open(string? secret = null, params string[] previous) => _stores.Open(configureOne: options =>
    {
        options.MasterSecret = secret;
        foreach (var old in previous)
            options.PreviousMasterSecrets.Add(old);
    }).GetRequiredService<ISecretStore>();

    private async Task<string> RingAsync() => Encoding.Latin1.GetString((byte[])(await cluster.ExecuteAsync($"SELECT string_agg(xml, '') FROM {_stores.Schema}.key_ring"))!);
}
