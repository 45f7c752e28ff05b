namespace Parley.Testing;

/// <summary>A recorded connection.</summary>
/// <param name="Number">Its number, from 1, in the order in which connections were opened.</param>
/// <param name="Target">Path and query of the upgrade request, without credentials; null = not recorded.</param>
/// <param name="Entries">Its messages and its end, in order.</param>
public sealed record CassetteConnection(int Number, string? Target, IReadOnlyList<CassetteEntry> Entries)
{
    /// <summary>The HTTP status with which the upgrade was refused; null = it was not.</summary>
    public int? RefusedStatus { get; init; }
}
