namespace Parley.Client;

/// <summary>
/// Options of a client in the service container: set one of the two credentials, or neither to use the environment variable
/// <c>GEMINI_API_KEY</c>. Can be bound to configuration, such as
/// <c>{ "Gemini": { "BaseAddress": "http://127.0.0.1:8080", "SetupTimeout": "00:00:05" } }</c>.
/// </summary>
public sealed class HostedLiveClientOptions : LiveClientOptions
{
    /// <summary>The environment variable with the key, used if the options name no credential.</summary>
    public const string KeyVariable = "GEMINI_API_KEY";

    /// <summary>An API key; default the environment variable. Keep it in a secret store, not in a settings file.</summary>
    public string? ApiKey { get; set; }

    /// <summary>An ephemeral token, <c>auth_tokens/…</c>, instead of a key.</summary>
    public string? AuthToken { get; set; }
}
