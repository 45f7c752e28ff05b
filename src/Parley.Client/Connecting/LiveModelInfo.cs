namespace Parley.Client;

/// <summary>A model that supports live sessions.</summary>
/// <param name="Name">Resource name, <c>models/…</c>.</param>
public sealed record LiveModelInfo(string Name)
{
    /// <summary>Display name; empty if the service gives none.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>Description; empty if the service gives none.</summary>
    public string Description { get; init; } = "";

    /// <summary>Context window in tokens; null if the service gives none.</summary>
    public int? InputTokenLimit { get; init; }

    /// <summary>Longest answer in tokens; null if the service gives none.</summary>
    public int? OutputTokenLimit { get; init; }
}
