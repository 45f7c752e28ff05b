namespace Parley.Client;

/// <summary>
/// How a client of the service container connects, and with what: set one of the two credentials, or leave both out for the environment
/// variable <c>GEMINI_API_KEY</c>. Can be bound to configuration, such as
/// <c>{ "Gemini": { "BaseAddress": "http://127.0.0.1:8080", "SetupTimeout": "00:00:05" } }</c>.
/// </summary>
public sealed class HostedLiveClientOptions : LiveClientOptions
{
    /// <summary>The environment variable that holds the key where no option does.</summary>
    public const string KeyVariable = "GEMINI_API_KEY";

    /// <summary>An API key; default the environment variable. Keep it in a secret store, not in a file of settings.</summary>
    public string? ApiKey { get; set; }

    /// <summary>An ephemeral token, <c>auth_tokens/…</c>, in place of a key.</summary>
    public string? AuthToken { get; set; }
}
