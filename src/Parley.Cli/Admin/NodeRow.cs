using System.Globalization;
using Parley.Cli.Commands;
using Parley.Cli.Output;

namespace Parley.Cli.Admin;

/// <summary>A server of a cluster as a list shows it; the names are those of the admin API.</summary>
internal sealed record NodeRow
{
    internal static readonly string[] Header = ["NAME", "ID", "STATE", "SESSIONS", "VERSION", "AGE", "RENEWED"];

    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string Version { get; init; } = "";

    public DateTimeOffset Started { get; init; }

    public bool Draining { get; init; }

    public bool Alive { get; init; }

    public double? SecondsSinceRenewal { get; init; }

    public int Sessions { get; init; }

    /// <summary>Whether this node answered.</summary>
    public bool Self { get; init; }

    // Of the commit after the plus, seven digits.
    private string ShortVersion => Report.OneLine(
        Version.IndexOf('+', StringComparison.Ordinal) is > 0 and var plus ? Version[..Math.Min(Version.Length, plus + 8)] : Version);

    private string State => !Alive ? "dead" : Draining ? "draining" : "running";

    internal TableRow ToTableRow(DateTimeOffset now) => new(
        [
            Report.OneLine(Name) + (Self ? " *" : ""), Report.OneLine(Id), State, Sessions.ToString(CultureInfo.InvariantCulture), ShortVersion,
            Durations.Short(now - Started), SecondsSinceRenewal is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#}s ago") : "-",
        ],
        ("id", Id), ("name", Name), ("state", State), ("version", Version), ("started", Started), ("draining", Draining), ("alive", Alive),
        ("secondsSinceRenewal", SecondsSinceRenewal), ("sessions", Sessions), ("self", Self));
}
