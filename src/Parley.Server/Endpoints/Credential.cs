using Microsoft.AspNetCore.Http;

namespace Parley.Server.Endpoints;

/// <summary>The credentials of a request (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-credentials">protocol 1.2</see>): a key, an ephemeral token, or neither.</summary>
/// <param name="Key">The key.</param>
/// <param name="Token">What was sent as a token.</param>
/// <param name="OwnToken">The token, if it has the form of an ephemeral token of this server.</param>
/// <param name="IsKeyOfApplication">The key may belong to a scheme of the application: a bearer, or a key that such a scheme has read.</param>
internal readonly record struct Credential(string? Key, string? Token, string? OwnToken, bool IsKeyOfApplication)
{
    private const string BearerScheme = "Bearer ";

    internal static Credential Read(HttpRequest request)
    {
        // RequestFront has removed the other credentials; only a bearer key is still in its header.
        var secrets = request.HttpContext.Features.Get<RequestSecrets>();
        return new Credential(secrets?.Key ?? BearerKey(request), secrets?.AccessToken, secrets?.OwnToken, secrets?.Key is null || secrets.IsKeyTaken);
    }

    private static string? BearerKey(HttpRequest request)
    {
        foreach (var value in RequestSecrets.Values(request.Headers.Authorization))
        {
            if (value.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase) && value[BearerScheme.Length..].Trim() is { Length: > 0 } key)
                return key;
        }
        return null;
    }
}
