using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Parley.Server.Endpoints;

namespace Parley.Server;

/// <summary>Serves the browser console.</summary>
public static class LiveConsoleExtensions
{
    /// <summary>Adds the services of <see cref="MapLiveConsole"/>. Options: <see cref="LiveApiOptions.Console"/>.</summary>
    /// <param name="builder">The builder that <c>AddLiveApi</c> returned.</param>
    public static LiveApiBuilder AddLiveConsole(this LiveApiBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddSingleton(static provider => new ConsoleFiles(provider.GetRequiredService<IOptions<LiveApiOptions>>().Value.Console.Folder));
        services.TryAddSingleton<ConsoleLogin>();
        services.TryAddSingleton<ShareEndpoints>();
        services.TryAddSingleton<ConsoleEndpoints>();
        return builder;
    }

    /// <summary>
    /// Maps the console to <c>/</c> and its endpoints to <c>/console/…</c>. The console uses the Live API of the same address with ephemeral tokens: on the
    /// developer's own machine without a login, from elsewhere after a login with a key of this server.
    /// </summary>
    /// <returns>A builder for conventions on all its endpoints.</returns>
    public static IEndpointConventionBuilder MapLiveConsole(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var files = routes.ServiceProvider.GetService<ConsoleFiles>() ?? throw new InvalidOperationException("Call AddLiveApi().AddLiveConsole() before MapLiveConsole().");
        var endpoints = routes.ServiceProvider.GetRequiredService<ConsoleEndpoints>();
        var shares = routes.ServiceProvider.GetRequiredService<ShareEndpoints>();
        var group = routes.MapGroup("");
        group.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], context => files.Exist ? files.ServeAsync(context, "") : ExplainAsync(context));
        group.MapMethods("/icon.svg", [HttpMethods.Get, HttpMethods.Head], context => files.ServeAsync(context, "icon.svg"));
        group.MapMethods("/assets/{name}", [HttpMethods.Get, HttpMethods.Head], context => files.ServeAsync(context, $"assets/{context.Request.RouteValues["name"]}"));
        group.MapGet("/console/about", context => endpoints.GuardAsync(context, endpoints.AboutAsync));
        group.MapPost("/console/token", context => endpoints.GuardAsync(context, endpoints.TokenAsync));
        group.MapPost("/console/login", context => endpoints.GuardAsync(context, endpoints.LoginAsync));
        group.MapPost("/console/shares", context => endpoints.GuardAsync(context, shares.CreateAsync));
        group.MapGet("/console/share", context => endpoints.GuardAsync(context, shares.GetAsync));
        group.MapDelete("/console/share", context => endpoints.GuardAsync(context, shares.DeleteAsync));
        return group;
    }

    private static Task ExplainAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("Parley serves the Live API here. The browser console was not built: run ./run, or npm ci and npm run build in console/.\n", context.RequestAborted);
    }
}
