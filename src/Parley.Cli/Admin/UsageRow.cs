using System.Globalization;
using Parley.Cli.Output;

namespace Parley.Cli.Admin;

/// <summary>Usage of a key on a day as a list shows it; the names are those of the admin API.</summary>
internal sealed record UsageRow
{
    internal static readonly string[] Header = ["DAY", "KEY", "NAME", "SESSIONS", "MINUTES", "TOKENS IN", "TOKENS OUT", "COST"];

    public string Day { get; init; } = "";

    public string KeyId { get; init; } = "";

    public long Sessions { get; init; }

    public long Resumes { get; init; }

    public double Minutes { get; init; }

    public long PromptTokens { get; init; }

    public long ResponseTokens { get; init; }

    /// <summary>Null if nothing had a price.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Tokens of models without a price.</summary>
    public long? UnpricedTokens { get; init; }

    /// <param name="name">Name of the key; null if it has none.</param>
    /// <param name="currency">Currency of the cost.</param>
    internal TableRow ToTableRow(string? name, string? currency) => new(
        [
            Day, Report.OneLine(KeyId), name is null ? "-" : Report.OneLine(name), Text(Sessions), Minutes.ToString("0.#", CultureInfo.InvariantCulture), Text(PromptTokens),
            Text(ResponseTokens),
            // The plus says that the whole costs more.
            Cost is { } cost ? string.Create(CultureInfo.InvariantCulture, $"{cost:0.00##} {currency}{(UnpricedTokens > 0 ? " +" : "")}") : "-",
        ],
        ("day", Day), ("keyId", KeyId), ("name", name), ("sessions", Sessions), ("resumes", Resumes), ("minutes", Minutes), ("promptTokens", PromptTokens),
        ("responseTokens", ResponseTokens), ("cost", Cost), ("currency", Cost is null ? null : currency), ("unpricedTokens", UnpricedTokens));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
