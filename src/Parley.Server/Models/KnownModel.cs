namespace Parley.Server.Models;

/// <summary>Names of public models and their rules.</summary>
/// <param name="Pattern">Id, or a pattern of ids.</param>
/// <param name="Profile">The rules.</param>
/// <param name="DisplayName">Display name of a named model; null for a pattern.</param>
internal sealed record KnownModel(string Pattern, ModelProfile Profile, string? DisplayName = null);
