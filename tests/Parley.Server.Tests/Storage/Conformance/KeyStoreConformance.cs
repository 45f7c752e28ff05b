namespace Parley.Server.Tests.Storage.Conformance;

/// <summary>What every <see cref="IKeyStore"/> does.</summary>
public abstract class KeyStoreConformance(IStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task Added_key_is_found_by_another_server_with_all_of_its_content()
    {
        var limits = new KeyLimits { MaxSessions = 1, OpensPerMinute = 2, MinutesPerDay = 3, TokensPerDay = 1L << 40, Models = ["gemini-*", "two"] };
        var key = Key("k") with { Expires = Now.AddDays(1), Limits = limits };
        await One.Keys.AddAsync(new StoredKey(key, Hash), Cancellation);

        var found = (await Two.Keys.FindAsync("k", Cancellation))!;

        Assert.Equal(Hash, found.Hash.ToArray());
        Assert.Equal(key with { Limits = found.Key.Limits }, found.Key);
        Assert.Equal(limits with { Models = found.Key.Limits.Models }, found.Key.Limits);
        Assert.Equal(["gemini-*", "two"], found.Key.Limits.Models);
        Assert.Null(await Two.Keys.FindAsync("other", Cancellation));
    }

    [Fact]
    public async Task Key_without_limits_has_none()
    {
        await One.Keys.AddAsync(new StoredKey(Key("k"), Hash), Cancellation);

        var found = (await Two.Keys.FindAsync("k", Cancellation))!.Key;

        Assert.Null(found.Expires);
        Assert.Null(found.Revoked);
        Assert.Equal(new KeyLimits { Models = found.Limits.Models }, found.Limits);
        Assert.Empty(found.Limits.Models);
    }

    [Fact]
    public async Task Store_reports_whether_it_has_a_key()
    {
        Assert.False(await One.Keys.AnyAsync(Cancellation));
        Assert.Empty(await One.Keys.ListAsync(Cancellation));

        await One.Keys.AddAsync(new StoredKey(Key("k"), Hash), Cancellation);
        await One.Keys.RevokeAsync("k", Now, Cancellation);

        Assert.True(await Two.Keys.AnyAsync(Cancellation));
    }

    [Fact]
    public async Task Keys_are_listed_newest_first_then_by_id()
    {
        foreach (var (id, age) in ((string, int)[])[("c", 0), ("B", 0), ("a", 1), ("d", 2)])
            await One.Keys.AddAsync(new StoredKey(Key(id) with { Created = Now.AddMinutes(-age) }, Hash), Cancellation);

        Assert.Equal(["B", "c", "a", "d"], (await Two.Keys.ListAsync(Cancellation)).Select(static key => key.Id));
    }

    [Fact]
    public async Task Revocation_is_permanent_and_keeps_its_first_time()
    {
        await One.Keys.AddAsync(new StoredKey(Key("k"), Hash), Cancellation);

        Assert.True(await Two.Keys.RevokeAsync("k", Now, Cancellation));
        Assert.True(await One.Keys.RevokeAsync("k", Now.AddHours(1), Cancellation));
        await One.Keys.AddAsync(new StoredKey(Key("k"), Hash), Cancellation);

        Assert.Equal(Now, (await One.Keys.FindAsync("k", Cancellation))!.Key.Revoked);
        Assert.False(await One.Keys.RevokeAsync("unknown", Now, Cancellation));
    }

    [Fact]
    public async Task New_limits_replace_the_old_ones()
    {
        await One.Keys.AddAsync(new StoredKey(Key("k") with { Limits = new KeyLimits { MaxSessions = 1, MinutesPerDay = 5 } }, Hash), Cancellation);

        Assert.True(await Two.Keys.SetLimitsAsync("k", new KeyLimits { TokensPerDay = 9, Models = ["m"] }, Cancellation));
        Assert.False(await Two.Keys.SetLimitsAsync("unknown", new KeyLimits(), Cancellation));

        var limits = (await One.Keys.FindAsync("k", Cancellation))!.Key.Limits;
        Assert.Equal((null, null, 9, "m"), (limits.MaxSessions, limits.MinutesPerDay, limits.TokensPerDay, Assert.Single(limits.Models)));
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task Hostile_names_are_only_names(string name)
    {
        await One.Keys.AddAsync(new StoredKey(Key("k" + name) with { Name = name }, Hash), Cancellation);

        Assert.Equal(name, (await Two.Keys.FindAsync("k" + name, Cancellation))!.Key.Name);
        Assert.True(await Two.Keys.RevokeAsync("k" + name, Now, Cancellation));
        Assert.Equal("k" + name, Assert.Single(await One.Keys.ListAsync(Cancellation)).Id);
    }

    [Fact]
    public async Task Cancelled_calls_do_nothing()
    {
        await One.Keys.AddAsync(new StoredKey(Key("k"), Hash), Cancellation);

        await AssertCancelledAsync(async token => await One.Keys.AnyAsync(token));
        await AssertCancelledAsync(async token => await One.Keys.AddAsync(new StoredKey(Key("other"), Hash), token));
        await AssertCancelledAsync(async token => await One.Keys.FindAsync("k", token));
        await AssertCancelledAsync(async token => await One.Keys.ListAsync(token));
        await AssertCancelledAsync(async token => await One.Keys.SetLimitsAsync("k", new KeyLimits { MaxSessions = 1 }, token));
        await AssertCancelledAsync(async token => await One.Keys.RevokeAsync("k", Now, token));

        var key = Assert.Single(await One.Keys.ListAsync(Cancellation));
        Assert.Equal(("k", null, null), (key.Id, key.Revoked, key.Limits.MaxSessions));
    }

    private static readonly byte[] Hash = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];

    private VirtualKey Key(string id) => new() { Id = id, Name = "site", Created = Now };
}
