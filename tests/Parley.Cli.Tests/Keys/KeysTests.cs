using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server;

namespace Parley.Cli.Tests.Keys;

/// <summary><c>parley keys</c> on a data folder and through the admin API of a running server.</summary>
public sealed class KeysTests
{
    private const string Secret = "admin-secret-of-the-tests";

    public static TheoryData<bool> Stores => [true, false];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Key_is_created_listed_with_its_limits_and_revoked(bool isRemote)
    {
        await using var host = await HostAsync();
        using var cli = Cli(host, isRemote);

        var created = await RunAsync(cli, isRemote, "create", "web site", "--max-sessions", "3", "--tokens-per-day", "900", "--model", "gemini-3.8-*", "--json");
        var key = created.Json[0];
        var id = key.GetProperty("id").GetString()!;
        var listed = await RunAsync(cli, isRemote, "list", "--json");
        var table = await RunAsync(cli, isRemote, "list");
        var revoked = await RunAsync(cli, isRemote, "revoke", id);
        var again = await RunAsync(cli, isRemote, "list", "--json");

        Assert.True(created.ExitCode == 0, created.ToString());
        Assert.StartsWith("parley_", key.GetProperty("secret").GetString(), StringComparison.Ordinal);
        var limits = listed.Json[0].GetProperty("limits");
        Assert.Equal(3, limits.GetProperty("maxSessions").GetInt32());
        Assert.Equal(900, limits.GetProperty("tokensPerDay").GetInt64());
        Assert.Equal(["gemini-3.8-*"], limits.GetProperty("models").EnumerateArray().Select(static model => model.GetString()));
        Assert.StartsWith("ID ", table.OutputLines[0], StringComparison.Ordinal);
        Assert.Matches($"^{id} +web site +valid +never +3 sessions, 900 tokens/day, gemini-3.8-\\* +", table.OutputLines[1]);
        Assert.Equal(0, revoked.ExitCode);
        Assert.Equal("revoked", again.Json[0].GetProperty("state").GetString());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Limits_that_are_given_change_and_the_others_stay(bool isRemote)
    {
        await using var host = await HostAsync();
        using var cli = Cli(host, isRemote);
        var created = await RunAsync(cli, isRemote, "create", "one", "--max-sessions", "3", "--minutes-per-day", "7", "--tokens-per-day", "900", "--model", "gemini-*", "--json");
        var id = created.Json[0].GetProperty("id").GetString()!;

        var changed = await RunAsync(cli, isRemote, "limit", id, "--max-sessions", "5", "--tokens-per-day", "none", "--opens-per-minute", "60");
        var models = await RunAsync(cli, isRemote, "limit", id, "--model", "gemini-3*", "--model", "gemini-2*", "--json");
        var allModels = await RunAsync(cli, isRemote, "limit", id, "--model", "none");
        var listed = await RunAsync(cli, isRemote, "list", "--json");

        Assert.Equal($"{id} has the limits: 5 sessions, 60 opens/min, 7 min/day, gemini-*", Assert.Single(changed.OutputLines));
        Assert.Equal("""["gemini-3*","gemini-2*"]""", models.Json[0].GetProperty("limits").GetProperty("models").GetRawText());
        Assert.Equal(0, allModels.ExitCode);
        Assert.Equal("""{"maxSessions":5,"opensPerMinute":60,"minutesPerDay":7,"models":[]}""", listed.Json[0].GetProperty("limits").GetRawText());
    }

    [Theory]
    [InlineData("No limit is given")]
    [InlineData("--max-sessions must be a whole number from 1 to 2147483647, or none, not '0'", "--max-sessions", "0")]
    [InlineData("--model none allows all models", "--model", "none", "--model", "gemini-*")]
    public async Task Limits_that_cannot_be_meant_are_a_usage_error(string expected, params string[] options)
    {
        using var cli = new CliRun();

        var result = await cli.RunAsync(["keys", "limit", "some", .. options]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Unknown_key_cannot_be_limited(bool isRemote)
    {
        await using var host = await HostAsync();
        using var cli = Cli(host, isRemote);

        var result = await RunAsync(cli, isRemote, "limit", "unknown", "--max-sessions", "1");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("No key unknown in ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Empty_list_is_an_answer(bool isRemote)
    {
        await using var host = await HostAsync();
        using var cli = Cli(host, isRemote);

        var list = await RunAsync(cli, isRemote, "list");
        var json = await RunAsync(cli, isRemote, "list", "--json");

        Assert.Equal(0, list.ExitCode);
        Assert.Contains("No keys yet in ", Assert.Single(list.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(0, Assert.Single(json.Json).GetProperty("count").GetInt32());
        Assert.False(Directory.Exists(cli.PathOf("data")), "Listing keys creates no folder.");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Unknown_key_cannot_be_revoked(bool isRemote)
    {
        await using var host = await HostAsync();
        using var cli = Cli(host, isRemote);

        var result = await RunAsync(cli, isRemote, "revoke", "unknown/../key");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("No key unknown/../key in ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Bad_name_is_a_usage_error(bool isRemote)
    {
        await using var host = await HostAsync();
        using var cli = Cli(host, isRemote);

        var result = await RunAsync(cli, isRemote, "create", new string('x', 101));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("1 to 100 characters", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_and_open_sessions_of_a_running_server_are_listed_as_in_its_admin_API()
    {
        await using var host = await HostAsync();
        using var cli = Cli(host, isRemote: true);
        await RunAsync(cli, true, "create", "one");

        var line = (await RunAsync(cli, true, "list", "--json")).Json[0];
        using var http = host.CreateClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", Secret);
        var api = JsonElement.Parse(await http.GetStringAsync("admin/keys")).GetProperty("keys")[0];

        foreach (var member in api.EnumerateObject().Where(static member => member.Name != "today"))
            Assert.Equal(member.Value.ToString(), line.GetProperty(member.Name).ToString());
        Assert.Equal(api.GetProperty("today").GetProperty("sessions").GetInt64(), line.GetProperty("today").GetProperty("sessions").GetInt64());
    }

    [Fact]
    public async Task Wrong_admin_secret_is_refused()
    {
        await using var host = await HostAsync();
        using var cli = Cli(host, isRemote: true).With("PARLEY_ADMIN_SECRET", "wrong");

        var result = await RunAsync(cli, true, "list");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("refused the admin secret", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_that_the_local_server_does_not_know_is_reported_at_once()
    {
        await using var host = await HostAsync();
        using var cli = new CliRun { Invoker = host.Invoker };

        var result = await cli.RunAsync("keys", "create", "one");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("does NOT accept it", result.Error, StringComparison.Ordinal);
    }

    private static CliRun Cli(InMemoryHost host, bool isRemote)
    {
        var cli = new CliRun { Invoker = host.Invoker }.With("PARLEY_URL", "http://elsewhere.test");
        return isRemote ? cli.With("PARLEY_ADMIN_SECRET", Secret) : cli;
    }

    private static Task<CliResult> RunAsync(CliRun cli, bool isRemote, params string[] arguments) =>
        cli.RunAsync(["keys", .. arguments, .. isRemote ? (string[])["--url", "http://parley.test/admin/"] : []]);

    private static Task<InMemoryHost> HostAsync() => InMemoryHost.StartAsync(
        static builder => builder.Services.AddLiveApi(static options => options.Admin.Secret = Secret)
            .UseRelay(static relay => relay.Upstreams.Add(new UpstreamOptions { Key = "never-used" })),
        static app =>
        {
            app.MapLiveApi();
            app.MapLiveAdmin();
        });
}
