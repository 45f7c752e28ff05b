using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Parley.Server.Sockets;
using Parley.Server.Wire;

namespace Parley.Server.Endpoints;

/// <summary>
/// Processes requests of this API before everything else, including the server's request log: folds repeated slashes for the router, and removes credentials
/// from the query string and the headers, so that no log, trace or error page can contain them. Other requests are not changed.
/// </summary>
internal sealed class RequestFront(IServiceProvider services) : IHttpContextFactory
{
    private readonly DefaultHttpContextFactory _inner = new(services);

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        if (featureCollection.Get<IHttpRequestFeature>() is { } request)
            Clean(request, featureCollection);
        featureCollection.Get<CountedConnection>()?.RequestStarted();
        return _inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext)
    {
        CountedConnection.Of(httpContext)?.RequestEnded();
        _inner.Dispose(httpContext);
    }

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
        // The raw target is the only other place that contains them.
        request.RawTarget = path + request.QueryString;
    }
}
