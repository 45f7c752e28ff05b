namespace Parley.Client.Connecting;

/// <summary>An API key or ephemeral token, and how a request carries it. Its text leaves this type on the wire only.</summary>
internal sealed class Credential
{
    private const string TokenPrefix = "auth_tokens/";
    private readonly string _secret;

    private Credential(string secret, bool isToken)
    {
        _secret = secret;
        IsToken = isToken;
    }

    internal bool IsToken { get; }

    internal static Credential Key(string key)
    {
        Check(key, nameof(key), "API key");
        if (key.StartsWith(TokenPrefix, StringComparison.Ordinal))
            throw new ArgumentException("This is an ephemeral token, not an API key. Call LiveClient.FromToken.", nameof(key));
        return new Credential(key, isToken: false);
    }

    internal static Credential Token(string token)
    {
        Check(token, nameof(token), "token");
        if (!token.StartsWith(TokenPrefix, StringComparison.Ordinal))
        {
            throw new ArgumentException(
                "This is not an ephemeral token: one begins with auth_tokens/. Pass the whole name; for an API key call LiveClient.FromApiKey.", nameof(token));
        }
        return new Credential(token, isToken: true);
    }

    internal (string Name, string Value) Header => IsToken ? ("Authorization", "Token " + _secret) : ("x-goog-api-key", _secret);

    internal string Query => (IsToken ? "access_token=" : "key=") + Uri.EscapeDataString(_secret);

    /// <summary>Removes the secret from a text that came from the server or the system.</summary>
    internal string Redact(string? text) => string.IsNullOrEmpty(text) ? "" : text
        .Replace(_secret, "***", StringComparison.Ordinal)
        .Replace(Uri.EscapeDataString(_secret), "***", StringComparison.Ordinal);

    public override string ToString() => IsToken ? "token" : "key";

    private static void Check(string secret, string parameter, string what)
    {
        ArgumentNullException.ThrowIfNull(secret, parameter);
        if (secret.Length == 0 || secret.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ArgumentException($"The {what} is empty or contains characters that are not allowed. Use it exactly as it was issued.", parameter);
    }
}
