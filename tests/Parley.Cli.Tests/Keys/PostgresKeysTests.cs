namespace Parley.Cli.Tests.Keys;

/// <summary><c>parley keys</c> on a PostgreSQL database: which one, and what happens without it. The tests of Parley.Server.PostgreSql have a database.</summary>
public sealed class PostgresKeysTests
{
    private const string Password = "hidden-secret-4711";

    // A port that nothing listens on.
    private const string Unreachable = $"Host=127.0.0.1;Port=1;Database=parley;Username=parley;Password={Password}";

    [Theory]
    [InlineData("list")]
    [InlineData("create", "one")]
    [InlineData("limit", "some", "--max-sessions", "1")]
    [InlineData("revoke", "some")]
    public async Task Database_that_cannot_be_reached_is_an_error_without_the_password(params string[] command)
    {
        using var cli = new CliRun();

        var result = await cli.RunAsync(["keys", .. command, "--postgres", Unreachable]);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("The keys in the PostgreSQL database cannot be used: PostgreSQL 127.0.0.1:1/parley: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("$PARLEY_POSTGRES", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, result.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"postgres://parley:{Password}@127.0.0.1/parley", "is a URL")]
    [InlineData($"Password={Password}", "names no host")]
    [InlineData($"Host=x;No Such Setting={Password}", "is not valid")]
    public async Task Connection_string_that_is_not_valid_is_a_usage_error_without_the_password(string connection, string expected)
    {
        using var cli = new CliRun();

        var result = await cli.RunAsync("keys", "list", "--postgres", connection);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"--postgres or $PARLEY_POSTGRES {expected}", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.DoesNotContain(Password, result.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--data", "folder")]
    [InlineData("--url", "http://127.0.0.1:8081")]
    public async Task Two_places_for_keys_are_a_usage_error(string option, string value)
    {
        using var cli = new CliRun();

        var result = await cli.RunAsync("keys", "list", "--postgres", Unreachable, option, value);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"--postgres and {option} both say where the keys are.", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_of_the_environment_is_used_unless_a_data_folder_is_given()
    {
        using var cli = new CliRun().With("PARLEY_POSTGRES", Unreachable);

        var database = await cli.RunAsync("keys", "list");
        var folder = await cli.RunAsync("keys", "list", "--data", cli.PathOf("data"));

        Assert.Contains("PostgreSQL 127.0.0.1:1/parley", database.Error, StringComparison.Ordinal);
        Assert.Equal(0, folder.ExitCode);
    }
}
