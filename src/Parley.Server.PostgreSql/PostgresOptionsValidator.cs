using Microsoft.Extensions.Options;
using Npgsql;

namespace Parley.Server.PostgreSql;

/// <summary>Checks <see cref="PostgresOptions"/> at the start; each message names the setting and what is allowed. No message quotes a secret.</summary>
internal sealed class PostgresOptionsValidator : IValidateOptions<PostgresOptions>
{
    private const int MinSecretLength = 32, MaxNameLength = 63;
    private static readonly TimeSpan LongestTime = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, PostgresOptions options)
    {
        var failures = new List<string>();
        if (WhyNotConnectable(options.ConnectionString) is { } why)
            failures.Add($"Postgres:ConnectionString {why}");
        Check(IsName(options.Schema), $"Postgres:Schema must have 1 to {MaxNameLength} lower-case letters, digits and underscores and not begin with a digit, but is '{options.Schema}'.");
        Check(options.MasterSecret is null or { Length: >= MinSecretLength }, $"Postgres:MasterSecret must have at least {MinSecretLength} characters; omit it to store the key ring unencrypted.");
        Check(options.PreviousMasterSecrets.All(static secret => secret is { Length: >= MinSecretLength }), $"Each of Postgres:PreviousMasterSecrets must have at least {MinSecretLength} characters.");
        Check(options.MaxConnections is >= 2 and <= 1_000, $"Postgres:MaxConnections must be from 2 to 1000, but is {options.MaxConnections}.");
        Time(nameof(options.ConnectTimeout), options.ConnectTimeout);
        Time(nameof(options.StatementTimeout), options.StatementTimeout);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool holds, string failure)
        {
            if (!holds)
                failures.Add(failure);
        }

        void Time(string option, TimeSpan value) =>
            Check(value >= TimeSpan.FromSeconds(1) && value <= LongestTime, $"Postgres:{option} must be from 1 s to 10 minutes, but is {value}.");
    }

    private static string? WhyNotConnectable(string? connectionString)
    {
        const string Form = "Give it in the form Host=…;Database=…;Username=…;Password=….";
        if (string.IsNullOrWhiteSpace(connectionString))
            return "is missing. " + Form;
        if (connectionString.StartsWith("postgres", StringComparison.OrdinalIgnoreCase) && connectionString.Contains("://", StringComparison.Ordinal))
            return "is a URL. " + Form;
        try
        {
            return string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(connectionString).Host) ? "names no host. " + Form : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException or NotSupportedException or OverflowException)
        {
            // The message may quote a value, which may be a password.
            return "is not valid. " + Form;
        }
    }

    private static bool IsName(string? name) =>
        name is { Length: >= 1 and <= MaxNameLength } && !char.IsAsciiDigit(name[0])
        && name.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_');
}
