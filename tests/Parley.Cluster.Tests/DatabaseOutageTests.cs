using System.Globalization;
using Parley.Cluster.Tests.Harness;

namespace Parley.Cluster.Tests;

/// <summary>Stops the database under live calls, in order and as if it was killed. <c>PARLEY_LONG=1</c>: for 20 s.</summary>
public sealed class DatabaseOutageTests(LiveCluster cluster) : ClusterTest(cluster)
{
    private const int Few = 6;

    protected override string[] ExpectedErrors => ["Parley.Server.PostgreSql"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Running_calls_do_not_notice_that_the_database_is_away_and_nothing_that_was_stored_is_lost(bool kill)
    {
        using var admin = new Admin(Cluster.Nodes[0]);
        var (_, key) = await admin.CreateKeyAsync(new { });
        var tokens = new List<string>();
        for (var i = 0; i < Few; i++)
            tokens.Add(await Admin.MintAsync(Cluster.Address, key));
        await using var left = new RawCalls();
        for (var i = 0; i < Few; i++)
        {
            left.Add(await RawCall.OpenAsync(Cluster, i % 2 == 0 ? LiveCluster.LocalModel : LiveCluster.RelayedModel, credential: key));
            await left[i].AskAsync();
            await left[i].DisposeAsync();
        }
        Assert.All(await RaceAsync(tokens.Take(Few / 2)), Assert.Null);
        await using var calls = await LiveCalls.OpenAsync(Cluster, Sizes.RollingCalls, key);

        await calls.AskUntilAsync(OutageAsync(calls, left[0], tokens[^1], key, kill));

        calls.Check();
        Assert.All(calls.All, static call => Assert.True(call.Reconnects == 0, call.ToString()));
        // Sessions whose clients had left, and uses of tokens, are as they were.
        Assert.All(await RaceAsync(tokens.Take(Few / 2)), static refusal => Assert.StartsWith("1008 ", refusal, StringComparison.Ordinal));
        Assert.All(await RaceAsync(tokens.Skip(Few / 2)), Assert.Null);
        foreach (var call in left)
        {
            await using var back = await RawCall.OpenAsync(Cluster, call.Model, call.Handle, turns: 1, credential: key);
            await back.AskAsync();
        }
        // So are the calls that spoke meanwhile.
        await calls.AskAsync();
        await Cluster.Nodes[0].KillAsync();
        await calls.AskAsync();
        calls.Check();
        Assert.NotEqual(0, calls.All.Sum(static call => call.Reconnects));
    }

    [Fact]
    public async Task Usage_during_an_outage_adds_up_to_the_session_and_the_token()
    {
        using var admin = new Admin(Cluster.Nodes[0]);
        var (id, key) = await admin.CreateKeyAsync(new { });
        long sessions, tokens;
        await using (var calls = await LiveCalls.OpenAsync(Cluster, Sizes.RollingCalls, key))
        {
            await Cluster.Database.StopAsync(kill: true);
            await calls.AskAsync(turns: 3);
            await Cluster.Database.StartAsync();
            (sessions, tokens) = (calls.All.Count, calls.All.Sum(static call => call.Usage.PromptTokens + call.Usage.ResponseTokens));
        }

        var sums = $"SELECT sum(sessions) || ' sessions, ' || sum(resumes) || ' resumes, ' || sum(prompt_tokens + response_tokens) || ' tokens' FROM parley.usage_daily WHERE key_id = '{id}'";
        var expected = string.Create(CultureInfo.InvariantCulture, $"{sessions} sessions, 0 resumes, {tokens} tokens");
        var found = "";
        await Polling.UntilAsync(async () => (found = (string?)await Cluster.Database.ExecuteAsync(sums) ?? "") == expected, $"usage of {expected}, not of {found}");
    }

    private async Task OutageAsync(LiveCalls calls, RawCall left, string token, string key, bool kill)
    {
        await Cluster.Database.StopAsync(kill);
        var stopped = TimeProvider.System.GetTimestamp();
        try
        {
            // Before the upgrade or after it. A key of the configuration needs no database, but a session that is to be resumed does.
            foreach (var refusal in (string?[])[.. await RaceAsync([key, token]), .. await RaceAsync([LiveCluster.Key], left.Handle)])
                Assert.Contains(refusal, (string[])["HTTP 503", "1011 The service is currently unavailable."]);
            var before = calls.Turns;
            await Polling.UntilAsync(
                () => Task.FromResult(calls.Turns - before >= 2 * calls.All.Count && TimeProvider.System.GetElapsedTime(stopped) >= Sizes.Outage), "calls speak without the database");
        }
        finally
        {
            await Cluster.Database.StartAsync();
        }
        foreach (var node in Cluster.Nodes)
            await node.WhenReadyAsync();
    }

    private async Task<List<string?>> RaceAsync(IEnumerable<string> credentials, string? handle = null)
    {
        var outcomes = await Task.WhenAll(credentials.Select(credential => RawCall.RaceAsync(Cluster.Address, credential, LiveCluster.RelayedModel, handle)));
        foreach (var (socket, _) in outcomes)
            await socket.DisposeAsync();
        return [.. outcomes.Select(static outcome => outcome.Refusal)];
    }
}
