using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Parley.Server.Endpoints;

/// <summary>The credential of a request (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-credentials">protocol 1.2</see>): a key, an ephemeral token, or neither.</summary>
internal readonly record struct Credential(string? Key, string? Token)
{
    internal static Credential Read(HttpRequest request)
    {
        var secrets = request.HttpContext.Features.Get<QuerySecrets>();
        // RequestFront has removed the other credentials; only a bearer key is still in its header.
        var key = NullIfEmpty(secrets?.Key) ?? After(request.Headers[HeaderNames.Authorization].ToString().AsSpan().Trim(), "Bearer ");
        return new Credential(key, NullIfEmpty(secrets?.AccessToken));
    }

    private static string? After(ReadOnlySpan<char> header, string scheme) =>
        header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? NullIfEmpty(header[scheme.Length..].Trim().ToString()) : null;

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
