using Microsoft.Extensions.Options;
using Parley.Server.PostgreSql.Tests.Support;

namespace Parley.Server.PostgreSql.Tests;

/// <summary>Wrong options are refused with a sentence that names the setting, and no secret.</summary>
public sealed class OptionsTests
{
    private const string Valid = "Host=db;Database=parley;Username=parley;Password=geheim";

    [Fact]
    public void Valid_options_are_accepted() => Assert.True(Validate(static _ => { }).Succeeded);

    [Theory]
    [InlineData(null, "Postgres:ConnectionString is missing.")]
    [InlineData(" ", "Postgres:ConnectionString is missing.")]
    [InlineData("postgres://parley:geheim@db/parley", "Postgres:ConnectionString is a URL.")]
    [InlineData("Host=db;Port=geheim", "Postgres:ConnectionString is not valid.")]
    [InlineData("geheim", "Postgres:ConnectionString is not valid.")]
    [InlineData("Database=parley;Password=geheim", "Postgres:ConnectionString names no host.")]
    public void Wrong_connection_string_is_refused_without_being_quoted(string? connectionString, string reason)
    {
        var failure = Assert.Single(Validate(options => options.ConnectionString = connectionString).Failures!);

        Assert.StartsWith(reason, failure, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("Parley")]
    [InlineData("a; DROP TABLE keys")]
    [InlineData("a\"b")]
    public void Wrong_schema_is_refused(string schema) =>
        Assert.StartsWith("Postgres:Schema must have", Assert.Single(Validate(options => options.Schema = schema).Failures!), StringComparison.Ordinal);

    [Fact]
    public void Short_secrets_and_wrong_numbers_are_refused()
    {
        var failures = Validate(static options =>
        {
            (options.MasterSecret, options.MaxConnections, options.ConnectTimeout, options.StatementTimeout) = ("short", 1, TimeSpan.Zero, TimeSpan.FromHours(1));
            options.PreviousMasterSecrets.Add("short");
        }).Failures!;

        Assert.Equal(
            ["Postgres:MasterSecret", "Each of Postgres:PreviousMasterSecrets", "Postgres:MaxConnections", "Postgres:ConnectTimeout", "Postgres:StatementTimeout"],
            failures.Select(static failure => failure[..failure.IndexOf(" must", StringComparison.Ordinal)]));
    }

    [Fact]
    public void Documentation_has_one_row_for_each_option_and_no_other()
    {
        var page = File.ReadAllText(PostgresCluster.PathOf("docs/configuration.md"));
        var section = page[page.IndexOf("\n## Postgres", StringComparison.Ordinal)..];

        var rows = section.Split('\n').Where(static line => line.StartsWith("| `", StringComparison.Ordinal)).Select(static line => line.Split('`')[1]);

        Assert.Equal(typeof(PostgresOptions).GetProperties().Select(static property => property.Name).Order(), rows.Order());
    }

    private static ValidateOptionsResult Validate(Action<PostgresOptions> change)
    {
        var options = new PostgresOptions { ConnectionString = Valid };
        change(options);
        return new PostgresOptionsValidator().Validate(null, options);
    }
}
