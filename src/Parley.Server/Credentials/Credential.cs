using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Parley.Server;

/// <summary>What a request shows of itself (reference section 1.2): a key, an ephemeral token, or neither.</summary>
internal readonly record struct Credential(string? Key, string? Token)
{
    private const string TokenPrefix = "auth_tokens/";

    internal static Credential Read(HttpRequest request)
    {
        var secrets = request.HttpContext.Features.Get<QuerySecrets>();
        var key = NullIfEmpty(secrets?.Key) ?? NullIfEmpty(request.Headers["x-goog-api-key"].ToString());
        var token = NullIfEmpty(secrets?.AccessToken);
        var authorization = request.Headers[HeaderNames.Authorization].ToString().AsSpan().Trim();
        if (After(authorization, "Token ") is { } shown)
            token ??= shown;
        else if (After(authorization, "Bearer ") is { } bearer)
        {
            if (bearer.StartsWith(TokenPrefix, StringComparison.Ordinal))
                token ??= bearer;
            else
                key ??= bearer;
        }
        return new Credential(key, token);
    }

    private static string? After(ReadOnlySpan<char> header, string scheme) =>
        header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? NullIfEmpty(header[scheme.Length..].Trim().ToString()) : null;

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
