namespace Parley.Assistant;

/// <summary>What a provider's name stands for where nothing else is configured.</summary>
internal sealed record ChatModelPreset(string Provider, Uri? Endpoint, bool NeedsKey, bool Vision);
