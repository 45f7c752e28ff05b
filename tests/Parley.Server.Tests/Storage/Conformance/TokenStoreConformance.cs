using Parley.Protocol;

namespace Parley.Server.Tests.Storage.Conformance;

/// <summary>What every <see cref="ITokenStore"/> does.</summary>
public abstract class TokenStoreConformance(IStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task Added_token_is_found_by_another_server_with_all_of_its_content()
    {
        var added = Token("t", uses: 3) with { Setup = new Setup { Model = "models/one" }, FieldMask = ["model", "tools"] };
        Assert.True(await One.Tokens.AddAsync(added, Cancellation));

        var found = (await Two.Tokens.FindAsync("t", Cancellation))!;

        Assert.Equal(("t", "owner", "key", 3), (found.Id, found.Owner, found.KeyId, found.Uses));
        Assert.Equal((added.ExpireTime, added.NewSessionExpireTime), (found.ExpireTime, found.NewSessionExpireTime));
        Assert.Equal(("models/one", "model,tools"), (found.Setup?.Model, string.Join(',', found.FieldMask)));
        Assert.Null(await Two.Tokens.FindAsync("other", Cancellation));
    }

    [Fact]
    public async Task User_limits_and_metadata_of_a_token_are_kept()
    {
        var added = Token("t", uses: null) with
        {
            UserId = "alice \"\u20ac\"", UserLimits = new KeyLimits { MaxSessions = 2, TokensPerDay = 1L << 40, Models = ["gemini-*"] },
            Metadata = new Dictionary<string, string> { ["plan"] = "gold", ["null"] = "\0" },
        };
        await One.Tokens.AddAsync(added, Cancellation);

        var found = (await Two.Tokens.FindAsync("t", Cancellation))!;

        Assert.Equal((added.UserId, 2, 1L << 40, "gemini-*"), (found.UserId, found.UserLimits!.MaxSessions, found.UserLimits.TokensPerDay, Assert.Single(found.UserLimits.Models)));
        Assert.Equal(added.Metadata.OrderBy(static entry => entry.Key), found.Metadata.OrderBy(static entry => entry.Key));
    }

    [Theory]
    [InlineData(1, 200)]
    [InlineData(7, 50)]
    public async Task Racing_redemptions_take_each_use_once(int uses, int callers)
    {
        for (var round = 0; round < 5; round++)
        {
            var id = $"t{round}";
            await One.Tokens.AddAsync(Token(id, uses), Cancellation);

            var taken = await RaceAsync(callers, (node, i) => node.Tokens.RedeemAsync(id, $"use{i}", Cancellation));

            Assert.Equal(uses, taken.Count(static won => won));
        }
    }

    [Fact]
    public async Task Use_taken_again_under_its_name_counts_once()
    {
        await One.Tokens.AddAsync(Token("t", uses: 2), Cancellation);

        var taken = await RaceAsync(20, static (node, _) => node.Tokens.RedeemAsync("t", "same", Cancellation));

        Assert.All(taken, Assert.True);
        Assert.True(await One.Tokens.RedeemAsync("t", "second", Cancellation));
        Assert.False(await Two.Tokens.RedeemAsync("t", "third", Cancellation));
        Assert.True(await Two.Tokens.RedeemAsync("t", "same", Cancellation));
    }

    [Fact]
    public async Task Returned_use_can_be_taken_once_more()
    {
        await One.Tokens.AddAsync(Token("t", uses: 1), Cancellation);
        Assert.True(await One.Tokens.RedeemAsync("t", "first", Cancellation));

        for (var i = 0; i < 3; i++)
            await Two.Tokens.ReturnAsync("t", "first", Cancellation);
        await Two.Tokens.ReturnAsync("t", "never taken", Cancellation);
        await Two.Tokens.ReturnAsync("unknown", "first", Cancellation);

        var taken = await RaceAsync(20, static (node, i) => node.Tokens.RedeemAsync("t", $"use{i}", Cancellation));
        Assert.Equal(1, taken.Count(static won => won));
    }

    [Fact]
    public async Task Token_without_a_number_of_uses_always_has_one_left()
    {
        await One.Tokens.AddAsync(Token("t", uses: null), Cancellation);

        Assert.All(await RaceAsync(50, static (node, i) => node.Tokens.RedeemAsync("t", $"use{i}", Cancellation)), Assert.True);
        await One.Tokens.ReturnAsync("t", "use1", Cancellation);
        Assert.True(await Two.Tokens.RedeemAsync("t", "use1", Cancellation));
        Assert.Null((await One.Tokens.FindAsync("t", Cancellation))!.Uses);
    }

    [Fact]
    public async Task Unknown_token_has_no_use() => Assert.False(await One.Tokens.RedeemAsync("unknown", "use", Cancellation));

    [Fact]
    public async Task Token_beyond_the_limit_is_refused_until_one_expires()
    {
        Options.Sessions.MaxTokens = 2;
        Assert.True(await One.Tokens.AddAsync(Token("one", uses: 1) with { ExpireTime = Now.AddMinutes(1) }, Cancellation));
        Assert.True(await One.Tokens.AddAsync(Token("two", uses: 1) with { ExpireTime = Now.AddMinutes(30) }, Cancellation));

        Assert.False(await One.Tokens.AddAsync(Token("three", uses: 1), Cancellation));
        Assert.Null(await Two.Tokens.FindAsync("three", Cancellation));
        Clock.Advance(TimeSpan.FromSeconds(61));

        Assert.True(await One.Tokens.AddAsync(Token("three", uses: 1), Cancellation));
        Assert.False(await One.Tokens.AddAsync(Token("four", uses: 1), Cancellation));
        Assert.NotNull(await Two.Tokens.FindAsync("two", Cancellation));
    }

    [Fact]
    public async Task Token_added_again_keeps_its_uses()
    {
        await One.Tokens.AddAsync(Token("t", uses: 1), Cancellation);
        await One.Tokens.RedeemAsync("t", "first", Cancellation);

        Assert.True(await Two.Tokens.AddAsync(Token("t", uses: 1), Cancellation));

        Assert.False(await Two.Tokens.RedeemAsync("t", "second", Cancellation));
    }

    [Fact]
    public async Task Large_setup_is_stored_whole()
    {
        var text = new string('x', 900_000);
        await One.Tokens.AddAsync(Token("t", 1) with { Setup = new Setup { SystemInstruction = new Content { Parts = [new Part { Text = text }] } } }, Cancellation);

        Assert.Equal(text, (await Two.Tokens.FindAsync("t", Cancellation))!.Setup!.SystemInstruction!.Parts![0].Text);
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task Hostile_names_are_only_names(string name)
    {
        await One.Tokens.AddAsync(Token("t" + name, uses: 1) with { Owner = name, KeyId = name }, Cancellation);

        var found = (await Two.Tokens.FindAsync("t" + name, Cancellation))!;
        Assert.Equal(("t" + name, name, name), (found.Id, found.Owner, found.KeyId));
        Assert.True(await Two.Tokens.RedeemAsync("t" + name, name, Cancellation));
        Assert.False(await One.Tokens.RedeemAsync("t" + name, "other", Cancellation));
        await One.Tokens.ReturnAsync("t" + name, name, Cancellation);
        Assert.True(await One.Tokens.RedeemAsync("t" + name, "other", Cancellation));
    }

    [Fact]
    public async Task Cancelled_calls_do_nothing()
    {
        await One.Tokens.AddAsync(Token("t", uses: 1), Cancellation);

        await AssertCancelledAsync(async token => await One.Tokens.AddAsync(Token("other", uses: 1), token));
        await AssertCancelledAsync(async token => await One.Tokens.FindAsync("t", token));
        await AssertCancelledAsync(async token => await One.Tokens.RedeemAsync("t", "cancelled", token));
        Assert.True(await One.Tokens.RedeemAsync("t", "first", Cancellation));
        await AssertCancelledAsync(async token => await One.Tokens.ReturnAsync("t", "first", token));

        Assert.False(await One.Tokens.RedeemAsync("t", "second", Cancellation));
        Assert.Null(await One.Tokens.FindAsync("other", Cancellation));
    }

    private EphemeralToken Token(string id, int? uses) => new()
    {
        Id = id,
        Owner = "owner",
        KeyId = "key",
        Uses = uses,
        ExpireTime = Now.AddHours(1),
        NewSessionExpireTime = Now.AddMinutes(1),
        Setup = null,
        FieldMask = [],
    };
}
