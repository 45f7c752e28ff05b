namespace Parley.Client;

/// <summary>A model that can hold live sessions.</summary>
/// <param name="Name">Resource name, <c>models/…</c>.</param>
public sealed record LiveModelInfo(string Name)
{
    /// <summary>Name for people; empty where there is none.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>Description; empty where there is none.</summary>
    public string Description { get; init; } = "";

    /// <summary>Context window in tokens, where the service gives it.</summary>
    public int? InputTokenLimit { get; init; }

    /// <summary>Longest answer in tokens, where the service gives it.</summary>
    public int? OutputTokenLimit { get; init; }
}
