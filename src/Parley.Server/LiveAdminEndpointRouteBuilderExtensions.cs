using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Endpoints;

namespace Parley.Server;

/// <summary>Maps the admin API.</summary>
public static class LiveAdminEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps <c>/admin</c>: status, keys, nodes, live and shared sessions, usage by day, closes by cause and the audit log, as JSON (docs/keys.md). Needs
    /// <see cref="LiveAdminOptions.Secret"/>; set <see cref="LiveAdminOptions.Port"/> too, so that clients cannot reach it.
    /// </summary>
    public static IEndpointConventionBuilder MapLiveAdmin(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var admin = routes.ServiceProvider.GetService<AdminEndpoints>()
            ?? throw new InvalidOperationException("Call services.AddLiveApi() before MapLiveAdmin().");
        var keys = routes.ServiceProvider.GetRequiredService<AdminKeyEndpoints>();
        var nodes = routes.ServiceProvider.GetRequiredService<AdminNodeEndpoints>();
        var watch = routes.ServiceProvider.GetRequiredService<AdminWatchEndpoint>();
        var shares = routes.ServiceProvider.GetRequiredService<AdminShareEndpoints>();
        var group = routes.MapGroup("/admin");
        Map("GET", "/status", admin.StatusAsync);
        Map("GET", "/keys", keys.ListAsync);
        Map("POST", "/keys", keys.CreateAsync);
        Map("PATCH", "/keys/{id}", keys.SetLimitsAsync);
        Map("DELETE", "/keys/{id}", keys.RevokeAsync);
        Map("GET", "/nodes", nodes.ListAsync);
        Map("POST", "/nodes/{id}/drain", nodes.DrainAsync);
        Map("GET", "/sessions", nodes.ListSessionsAsync);
        Map("DELETE", "/sessions/{id}", nodes.EndSessionAsync);
        Map("GET", "/sessions/{id}/watch", watch.WatchAsync);
        Map("GET", "/usage", admin.UsageAsync);
        Map("GET", "/shares", shares.ListAsync);
        Map("DELETE", "/shares/{id}", shares.DeleteAsync);
        Map("GET", "/audit", shares.AuditAsync);
        return group;

        void Map(string method, string pattern, RequestDelegate handle) =>
            group.MapMethods(pattern, [method], (RequestDelegate)(context => admin.GuardAsync(context, handle)));
    }
}
