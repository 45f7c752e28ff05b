using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Parley.Server.Sockets;
using Parley.Server.Wire;

namespace Parley.Server.Endpoints;

/// <summary>
/// Processes requests before everything else, including the server's request log: removes credentials from address and headers, so that no log, trace or
/// error page can contain them, and folds repeated slashes of this API's paths for the router. Leaves <see cref="LiveApiOptions.ApplicationPaths"/> alone.
/// </summary>
internal sealed class RequestFront(IServiceProvider services) : IHttpContextFactory
{
    private readonly DefaultHttpContextFactory _inner = new(services);
    private readonly Lazy<PathString[]> _applicationPaths =
        new(() => [.. services.GetRequiredService<IOptions<LiveApiOptions>>().Value.ApplicationPaths.Select(static path => new PathString(path.TrimEnd('/')))]);

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

    private void Clean(IHttpRequestFeature request, IFeatureCollection features)
    {
        var path = LiveRoutes.Fold(request.Path);
        var isOurs = LiveRoutes.IsOurs(path);
        if (!isOurs && IsOfApplication(request.Path))
            return;
        if (isOurs)
        {
            var secrets = new RequestSecrets();
            secrets.ReadQuery(request.QueryString);
            secrets.TakeHeaders(request.Headers, isOurs);
            if (secrets is not { Key: null, AccessToken: null })
                features.Set(secrets);
        }
        else
        {
            new RequestSecrets().TakeHeaders(request.Headers, isOurs);
            path = request.Path;
        }
        var (cleanPath, cleanQuery) = (SecretRedaction.Path(path), SecretRedaction.Query(request.QueryString));
        if (isOurs)
            cleanQuery = SecretRedaction.Jwts(cleanQuery);
        if (request.Headers.Referer.ToString() is { Length: > 0 } referer && SecretRedaction.Address(referer) is var cleanReferer && cleanReferer != referer)
            request.Headers.Referer = cleanReferer;
        // The raw target is the only other place that contains them.
        if (cleanPath != request.Path || cleanQuery != request.QueryString || SecretRedaction.Address(request.RawTarget) != request.RawTarget)
            (request.Path, request.QueryString, request.RawTarget) = (cleanPath, cleanQuery, cleanPath + cleanQuery);
    }

    private bool IsOfApplication(string path) =>
        _applicationPaths.Value is { Length: > 0 } paths && path.StartsWith('/') && Array.Exists(paths, own => new PathString(path).StartsWithSegments(own));
}
