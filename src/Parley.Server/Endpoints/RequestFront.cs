using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Parley.Server;

/// <summary>
/// Sees requests of this API before anything else does, the server's own request log included: folds repeated slashes for the router
/// and takes credentials out of the query string, so that no log, trace or error page can hold them. Other requests pass untouched.
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
        if (request.QueryString.Length > 0 && QuerySecrets.Take(request.QueryString, out var rest) is { } secrets)
        {
            features.Set(secrets);
            request.QueryString = rest;
        }
        // The target as it came is the one place left that would hold them.
        request.RawTarget = path + request.QueryString;
    }
}
