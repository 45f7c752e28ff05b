using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Parley.Server.Wire;

namespace Parley.Server.Endpoints;

/// <summary>
/// Sees requests of this API before anything else does, the server's own request log included: folds repeated slashes for the router
/// and takes credentials out of the query string and the headers, so that no log, trace or error page can hold them. Other requests pass untouched.
/// </summary>
internal sealed class RequestFront(IServiceProvider services) : IHttpContextFactory
{
    private readonly DefaultHttpContextFactory _inner = new(services);

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        if (featureCollection.Get<IHttpRequestFeature>() is { } request)
            Clean(request, featureCollection);
        return _inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => _inner.Dispose(httpContext);

    private static void Clean(IHttpRequestFeature request, IFeatureCollection features)
    {
        var path = LiveRoutes.Fold(request.Path);
        if (!LiveRoutes.IsOurs(path))
            return;
        request.Path = path;
        QuerySecrets? secrets = null;
        if (request.QueryString.Length > 0)
        {
            secrets = QuerySecrets.Take(request.QueryString, out var rest);
            request.QueryString = rest;
        }
        QuerySecrets.TakeHeaders(request.Headers, ref secrets);
        if (secrets is not null)
            features.Set(secrets);
        // The target as it came is the one place left that would hold them.
        request.RawTarget = path + request.QueryString;
    }
}
