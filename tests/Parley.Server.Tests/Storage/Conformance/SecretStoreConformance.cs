using Microsoft.AspNetCore.DataProtection;

namespace Parley.Server.Tests.Storage.Conformance;

/// <summary>What every <see cref="ISecretStore"/> does.</summary>
public abstract class SecretStoreConformance(IStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task Servers_that_ask_for_a_key_at_the_same_time_get_the_same()
    {
        var keys = await RaceAsync(16, static (node, _) => node.Secrets.GetKeyAsync("handles", Cancellation));

        Assert.Equal(32, keys[0].Length);
        Assert.All(keys, key => Assert.Equal(keys[0].ToArray(), key.ToArray()));
    }

    [Fact]
    public async Task Purposes_have_different_keys_that_do_not_change()
    {
        var handles = (await One.Secrets.GetKeyAsync("handles", Cancellation)).ToArray();
        var owners = (await One.Secrets.GetKeyAsync("owners", Cancellation)).ToArray();

        Assert.NotEqual(handles, owners);
        Assert.Equal(handles, (await Two.Secrets.GetKeyAsync("handles", Cancellation)).ToArray());
        Assert.Equal(owners, (await One.Secrets.GetKeyAsync("owners", Cancellation)).ToArray());
    }

    [Fact]
    public async Task What_one_server_seals_another_opens()
    {
        await One.Secrets.GetKeyAsync("handles", Cancellation);
        await Two.Secrets.GetKeyAsync("handles", Cancellation);

        var sealedText = One.Secrets.Protection.CreateProtector("tokens").Protect("a token");

        Assert.Equal("a token", Two.Secrets.Protection.CreateProtector("tokens").Unprotect(sealedText));
    }

    [Fact]
    public Task Cancelled_call_returns_no_key() => AssertCancelledAsync(async token => await One.Secrets.GetKeyAsync("handles", token));
}
