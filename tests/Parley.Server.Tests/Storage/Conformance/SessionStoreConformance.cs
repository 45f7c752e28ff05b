namespace Parley.Server.Tests.Storage.Conformance;

/// <summary>What every <see cref="ISessionStore"/> does.</summary>
public abstract class SessionStoreConformance(IStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task Saved_checkpoint_is_found_by_another_server_with_all_of_its_content()
    {
        var saved = Checkpoint("s", 1, isFirst: true) with
        {
            CredentialId = "token:lock",
            State = new CheckpointState("kind-1", new StoredCheckpoint("state"u8.ToArray(), [new byte[] { 1, 2, 3 }, null, Array.Empty<byte>(), new byte[] { 1, 2, 3 }])),
        };
        Assert.True(await One.Sessions.SaveAsync(saved, Cancellation));

        var found = (await Two.Sessions.FindAsync("s", 1, Cancellation))!;

        Assert.Equal(("s", 0, 1, saved.Model, saved.Owner, "token:lock"), (found.SessionId, found.Epoch, found.Serial, found.Model, found.Owner, found.CredentialId));
        Assert.Equal((saved.Started, saved.Expires), (found.Started, found.Expires));
        Assert.Equal("kind-1", found.State.Kind);
        var state = found.State.Serialize();
        Assert.Equal("state"u8, state.Data.Span);
        Assert.Equal([[1, 2, 3], null, [], [1, 2, 3]], state.Media.Select(static media => media?.ToArray()));
    }

    [Fact]
    public async Task Unknown_session_and_unknown_serial_are_not_found()
    {
        await One.Sessions.SaveAsync(Checkpoint("s", 1, isFirst: true), Cancellation);

        Assert.Null(await One.Sessions.FindAsync("s", 2, Cancellation));
        Assert.Null(await One.Sessions.FindAsync("other", 1, Cancellation));
        Assert.Null(await One.Sessions.ClaimAsync("other", Cancellation));
    }

    [Fact]
    public async Task Claim_raises_the_epoch_and_a_save_with_an_older_one_is_refused()
    {
        await One.Sessions.SaveAsync(Checkpoint("s", 1, isFirst: true), Cancellation);

        Assert.Equal(1, await Two.Sessions.ClaimAsync("s", Cancellation));
        Assert.False(await One.Sessions.SaveAsync(Checkpoint("s", 2), Cancellation));
        Assert.False(await One.Sessions.SaveAsync(Checkpoint("s", 3, isFirst: true), Cancellation));
        Assert.True(await Two.Sessions.SaveAsync(Checkpoint("s", 4, epoch: 1), Cancellation));

        Assert.Null(await One.Sessions.FindAsync("s", 2, Cancellation));
        Assert.Null(await One.Sessions.FindAsync("s", 3, Cancellation));
        Assert.Equal(1, (await One.Sessions.FindAsync("s", 1, Cancellation))!.Epoch);
        Assert.Equal(1, (await One.Sessions.FindAsync("s", 4, Cancellation))!.Epoch);
    }

    [Fact]
    public async Task End_and_deletion_with_an_older_epoch_change_nothing()
    {
        await One.Sessions.SaveAsync(Checkpoint("s", 1, isFirst: true), Cancellation);
        await Two.Sessions.ClaimAsync("s", Cancellation);

        await One.Sessions.EndAsync("s", 0, Now, Cancellation);
        await One.Sessions.DeleteAsync("s", 0, Cancellation);

        Assert.NotNull(await One.Sessions.FindAsync("s", 1, Cancellation));
    }

    [Fact]
    public async Task Concurrent_claims_get_different_epochs_and_only_the_last_may_save()
    {
        const int Claims = 40;
        await One.Sessions.SaveAsync(Checkpoint("s", 1, isFirst: true), Cancellation);

        var epochs = await RaceAsync(Claims, static (node, _) => node.Sessions.ClaimAsync("s", Cancellation));

        Assert.Equal(Enumerable.Range(1, Claims).Select(static epoch => (long?)epoch), epochs.Order());
        var saved = await RaceAsync(Claims, (node, i) => node.Sessions.SaveAsync(Checkpoint("s", 100 + i, epoch: i + 1), Cancellation));
        Assert.Equal(Enumerable.Range(1, Claims).Select(static epoch => epoch == Claims), saved);
    }

    [Fact]
    public async Task Save_races_a_claim_without_a_stale_write()
    {
        for (var round = 0; round < 20; round++)
        {
            var id = $"s{round}";
            await One.Sessions.SaveAsync(Checkpoint(id, 1, isFirst: true), Cancellation);

            var saving = Task.Run(() => One.Sessions.SaveAsync(Checkpoint(id, 2), Cancellation).AsTask(), Cancellation);
            var claiming = Task.Run(() => Two.Sessions.ClaimAsync(id, Cancellation).AsTask(), Cancellation);
            Assert.Equal(1, await claiming);

            Assert.Equal(await saving, await Two.Sessions.FindAsync(id, 2, Cancellation) is not null);
            Assert.False(await One.Sessions.SaveAsync(Checkpoint(id, 3), Cancellation));
        }
    }

    [Fact]
    public async Task Deleted_session_is_not_created_again_by_a_later_save()
    {
        await One.Sessions.SaveAsync(Checkpoint("s", 1, isFirst: true), Cancellation);
        await Two.Sessions.ClaimAsync("s", Cancellation);
        await Two.Sessions.DeleteAsync("s", 1, Cancellation);

        Assert.False(await One.Sessions.SaveAsync(Checkpoint("s", 2), Cancellation));

        Assert.Null(await One.Sessions.FindAsync("s", 1, Cancellation));
        Assert.Null(await One.Sessions.FindAsync("s", 2, Cancellation));
        Assert.Null(await One.Sessions.ClaimAsync("s", Cancellation));
    }

    [Fact]
    public async Task Checkpoint_saved_again_changes_nothing()
    {
        for (var i = 0; i < 3; i++)
            Assert.True(await One.Sessions.SaveAsync(Checkpoint("s", 1, isFirst: true), Cancellation));
        await One.Sessions.SaveAsync(Checkpoint("s", 2), Cancellation);

        Assert.NotNull(await Two.Sessions.FindAsync("s", 1, Cancellation));
        Assert.NotNull(await Two.Sessions.FindAsync("s", 2, Cancellation));
    }

    [Fact]
    public async Task Newest_three_checkpoints_are_kept()
    {
        for (var serial = 1; serial <= 5; serial++)
            await One.Sessions.SaveAsync(Checkpoint("s", serial, isFirst: serial == 1), Cancellation);

        var found = new List<bool>();
        for (var serial = 1; serial <= 5; serial++)
            found.Add(await Two.Sessions.FindAsync("s", serial, Cancellation) is not null);

        Assert.Equal([false, false, true, true, true], found);
    }

    [Fact]
    public async Task Ended_session_expires_at_the_time_of_its_end()
    {
        await One.Sessions.SaveAsync(Checkpoint("s", 1, isFirst: true), Cancellation);
        await One.Sessions.EndAsync("s", 0, Now.AddMinutes(10), Cancellation);

        Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        Assert.NotNull(await Two.Sessions.FindAsync("s", 1, Cancellation));
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await Two.Sessions.FindAsync("s", 1, Cancellation));
        Assert.Null(await Two.Sessions.ClaimAsync("s", Cancellation));
        await One.Sweep();
        Assert.Null(await Two.Sessions.FindAsync("s", 1, Cancellation));
    }

    [Fact]
    public async Task Session_whose_server_was_lost_expires_with_its_handles()
    {
        await One.Sessions.SaveAsync(Checkpoint("s", 1, isFirst: true) with { Expires = Now.AddHours(3) }, Cancellation);

        Clock.Advance(TimeSpan.FromHours(3) - TimeSpan.FromMilliseconds(1));
        await One.Sweep();
        Assert.NotNull(await Two.Sessions.FindAsync("s", 1, Cancellation));
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await Two.Sessions.FindAsync("s", 1, Cancellation));
        Assert.Null(await Two.Sessions.ClaimAsync("s", Cancellation));
    }

    [Fact]
    public async Task Claimed_session_is_open_again()
    {
        Options.Sessions.MaxResumableSessions = 1;
        await One.Sessions.SaveAsync(Checkpoint("s", 1, isFirst: true), Cancellation);
        await One.Sessions.EndAsync("s", 0, Now.AddMinutes(10), Cancellation);
        await Two.Sessions.ClaimAsync("s", Cancellation);
        Clock.Advance(TimeSpan.FromMinutes(1));

        await One.Sessions.SaveAsync(Checkpoint("later", 1, isFirst: true), Cancellation);
        await One.Sessions.EndAsync("later", 0, Now.AddMinutes(10), Cancellation);
        await One.Sweep();

        Assert.NotNull(await Two.Sessions.FindAsync("s", 1, Cancellation));
        Assert.NotNull(await Two.Sessions.FindAsync("later", 1, Cancellation));
    }

    [Fact]
    public async Task Oldest_ended_sessions_beyond_the_limit_are_dropped_within_a_minute()
    {
        Options.Sessions.MaxResumableSessions = 2;
        foreach (var id in (string[])["first", "second", "third", "open"])
        {
            await One.Sessions.SaveAsync(Checkpoint(id, 1, isFirst: true), Cancellation);
            if (id != "open")
                await One.Sessions.EndAsync(id, 0, Now.AddHours(1), Cancellation);
            Clock.Advance(TimeSpan.FromSeconds(30));
        }

        await One.Sweep();

        Assert.Null(await Two.Sessions.FindAsync("first", 1, Cancellation));
        foreach (var id in (string[])["second", "third", "open"])
            Assert.NotNull(await Two.Sessions.FindAsync(id, 1, Cancellation));
    }

    [Fact]
    public async Task Large_checkpoints_are_stored_whole()
    {
        var random = new Random(11);
        var (data, media) = (new byte[8 << 20], new byte[5 << 20]);
        random.NextBytes(media);
        // The first half can be compressed, the second cannot.
        random.NextBytes(data.AsSpan(data.Length / 2));
        var saved = Checkpoint("s", 1, isFirst: true) with { State = new CheckpointState("kind-1", new StoredCheckpoint(data, [media, media])) };

        Assert.True(await One.Sessions.SaveAsync(saved, Cancellation));
        Assert.True(await One.Sessions.SaveAsync(saved with { Serial = 2, IsFirst = false }, Cancellation));

        foreach (var serial in (long[])[1, 2])
        {
            var found = (await Two.Sessions.FindAsync("s", serial, Cancellation))!.State.Serialize();
            Assert.True(data.AsSpan().SequenceEqual(found.Data.Span));
            Assert.Equal(2, found.Media.Count);
            Assert.All(found.Media, item => Assert.True(media.AsSpan().SequenceEqual(item!.Value.Span)));
        }
    }

    [Fact]
    public async Task Many_sessions_are_saved_at_the_same_time()
    {
        const int Count = 200;

        var saved = await RaceAsync(Count, static (node, i) => node.Sessions.SaveAsync(Checkpoint($"s{i}", 1, isFirst: true), Cancellation));

        Assert.All(saved, Assert.True);
        var found = await RaceAsync(Count, static (node, i) => node.Sessions.FindAsync($"s{i}", 1, Cancellation));
        Assert.Equal(Enumerable.Range(0, Count).Select(static i => $"s{i}"), found.Select(static session => session!.SessionId));
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task Hostile_names_are_only_names(string name)
    {
        var saved = Checkpoint("s" + name, 1, isFirst: true) with
        {
            Model = name,
            Owner = name,
            CredentialId = name,
            State = new CheckpointState("k" + name, new StoredCheckpoint(System.Text.Encoding.UTF8.GetBytes(name), [])),
        };
        Assert.True(await One.Sessions.SaveAsync(saved, Cancellation));

        var found = (await Two.Sessions.FindAsync("s" + name, 1, Cancellation))!;
        Assert.Equal((name, name, name, "k" + name), (found.Model, found.Owner, found.CredentialId, found.State.Kind));
        Assert.Equal(1, await Two.Sessions.ClaimAsync("s" + name, Cancellation));
        await Two.Sessions.DeleteAsync("s" + name, 1, Cancellation);
        Assert.Null(await One.Sessions.FindAsync("s" + name, 1, Cancellation));
    }

    [Fact]
    public async Task Cancelled_calls_do_nothing()
    {
        await One.Sessions.SaveAsync(Checkpoint("s", 1, isFirst: true), Cancellation);

        await AssertCancelledAsync(async token => await One.Sessions.SaveAsync(Checkpoint("s", 2), token));
        await AssertCancelledAsync(async token => await One.Sessions.FindAsync("s", 1, token));
        await AssertCancelledAsync(async token => await One.Sessions.ClaimAsync("s", token));
        await AssertCancelledAsync(async token => await One.Sessions.EndAsync("s", 0, Now, token));
        await AssertCancelledAsync(async token => await One.Sessions.DeleteAsync("s", 0, token));

        Assert.Equal(0, (await One.Sessions.FindAsync("s", 1, Cancellation))!.Epoch);
        Assert.Null(await One.Sessions.FindAsync("s", 2, Cancellation));
    }

    private static readonly DateTimeOffset Start = new(2026, 11, 22, 9, 59, 59, 123, TimeSpan.Zero);

    private static SessionCheckpoint Checkpoint(string id, long serial, long epoch = 0, bool isFirst = false) => new()
    {
        SessionId = id,
        Epoch = epoch,
        Serial = serial,
        IsFirst = isFirst,
        Model = "models/one",
        Owner = "owner",
        CredentialId = "",
        Started = Start,
        Expires = Start.AddHours(12),
        State = new CheckpointState("kind-1", new StoredCheckpoint("state"u8.ToArray(), [])),
    };
}
