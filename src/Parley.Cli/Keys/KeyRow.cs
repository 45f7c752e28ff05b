using System.Globalization;
using Parley.Cli.Output;
using Parley.Server;

namespace Parley.Cli.Keys;

/// <summary>A key as a list shows it; the names are those of the admin API.</summary>
internal sealed record KeyRow
{
    internal static readonly string[] Header = ["ID", "NAME", "STATE", "EXPIRES", "LIMITS", "OPEN", "TODAY"];

    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset? Expires { get; init; }

    public DateTimeOffset? Revoked { get; init; }

    public bool Valid { get; init; }

    public KeyLimits Limits { get; init; } = new();

    /// <summary>Sessions open now; null if only the data folder was read.</summary>
    public int? OpenSessions { get; init; }

    /// <summary>Usage of this UTC day; null if only the data folder was read.</summary>
    public KeyUsage? Today { get; init; }

    private string State => Revoked is not null ? "revoked" : Valid ? "valid" : "expired";

    internal static KeyRow Of(VirtualKey key, DateTimeOffset now) => new()
    {
        Id = key.Id,
        Name = key.Name,
        Created = key.Created,
        Expires = key.Expires,
        Revoked = key.Revoked,
        Valid = key.IsValid(now),
        Limits = key.Limits,
    };

    internal TableRow ToTableRow() => new(
        [
            Id, Report.OneLine(Name), State, Expires?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "never", Describe(Limits),
            OpenSessions?.ToString(CultureInfo.InvariantCulture) ?? "-",
            Today is { } day ? $"{day.Sessions} sessions, {day.Minutes:0.#} min, {day.PromptTokens + day.ResponseTokens} tokens" : "-",
        ],
        ("id", Id), ("name", Name), ("state", State), ("created", Created), ("expires", Expires), ("revoked", Revoked), ("valid", Valid),
        ("limits", Limits), ("openSessions", OpenSessions), ("today", Today));

    internal static string Describe(KeyLimits limits)
    {
        List<string> parts = [];
        Add(limits.MaxSessions, "sessions");
        Add(limits.OpensPerMinute, "opens/min");
        Add(limits.MinutesPerDay, "min/day");
        Add(limits.TokensPerDay, "tokens/day");
        parts.AddRange(limits.Models);
        return parts.Count > 0 ? string.Join(", ", parts) : "none";

        void Add(long? limit, string unit)
        {
            if (limit is { } number)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{number} {unit}"));
        }
    }
}

/// <summary>What a key used today.</summary>
internal sealed record KeyUsage(long Sessions, long Resumes, double Minutes, long PromptTokens, long ResponseTokens, decimal? Cost);
