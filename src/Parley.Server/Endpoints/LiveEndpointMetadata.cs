using Microsoft.AspNetCore.Http.Metadata;

namespace Parley.Server.Endpoints;

/// <summary>Marks the endpoints of the API: a cookie scheme answers them with 401 and 403, not with a redirect to a page.</summary>
internal sealed class LiveEndpointMetadata : IDisableCookieRedirectMetadata
{
    internal static LiveEndpointMetadata Instance { get; } = new();
}
