using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Endpoints;
using Parley.Server.Sockets;
using Parley.Server.Wire;

namespace Parley.Server;

/// <summary>Maps the Live API.</summary>
public static class LiveApiEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the sockets, models, tokens, <c>/healthz</c> and <c>/readyz</c>. Needs no other middleware; repeated slashes in the paths are folded. With
    /// <c>RequireAuthorization()</c> on the result any scheme of the application signs users in
    /// (<see href="https://github.com/parley-live/parley/blob/main/docs/sign-in.md">docs/sign-in.md</see>); <c>/healthz</c> and <c>/readyz</c> stay open.
    /// </summary>
    /// <returns>A builder for conventions on all endpoints, such as a host name or a rate limit.</returns>
    public static IEndpointConventionBuilder MapLiveApi(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var sockets = routes.ServiceProvider.GetService<SocketEndpoint>()
            ?? throw new InvalidOperationException("Call services.AddLiveApi() before MapLiveApi().");
        var models = routes.ServiceProvider.GetRequiredService<ModelEndpoints>();
        var tokens = routes.ServiceProvider.GetRequiredService<TokenEndpoint>();
        var health = routes.ServiceProvider.GetRequiredService<HealthEndpoint>();

        var group = routes.MapGroup("");
        foreach (var version in LiveRoutes.Versions)
        {
            MapSocket(LiveRoutes.Socket(version), sockets.For(version, constrained: false));
            MapSocket(LiveRoutes.ConstrainedSocket(version), sockets.For(version, constrained: true));
            group.MapGet($"/{version}/models", models.ListAsync);
            group.MapGet($"/{version}/models/{{id}}", models.Get(version));
            group.MapPost($"/{version}/auth_tokens", tokens.CreateAsync);
        }
        MapSocket(LiveRoutes.FirebaseSocket, sockets.For("v1beta", constrained: false));
        foreach (var version in LiveRoutes.VertexVersions)
            MapSocket(LiveRoutes.VertexSocket(version), sockets.ForVertex(version));
        group.MapGet("/healthz", health.GetAsync).AllowAnonymous();
        group.MapGet("/readyz", health.GetReadyAsync).AllowAnonymous();
        return group.WithMetadata(LiveEndpointMetadata.Instance);

        // Each has its own pipeline, so that the application does not have to call UseWebSockets.
        void MapSocket(string pattern, RequestDelegate handle)
        {
            var pipeline = routes.CreateApplicationBuilder();
            pipeline.Use(UpgradedStream.InvokeAsync);
            pipeline.UseWebSockets();
            pipeline.Run(handle);
            group.Map(pattern, pipeline.Build());
        }
    }
}
