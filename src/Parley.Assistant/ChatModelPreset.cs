namespace Parley.Assistant;

/// <summary>Defaults of a provider, used for options that are not set.</summary>
internal sealed record ChatModelPreset(string Provider, Uri? Endpoint, bool NeedsKey, bool Vision);
