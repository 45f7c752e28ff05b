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
    /// <summary>Adds what <see cref="MapLiveConsole"/> needs; call it after <c>AddLiveApi()</c>.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Where the console is, and how long a login lasts; null = the defaults.</param>
    public static IServiceCollection AddLiveConsole(this IServiceCollection services, Action<ConsoleOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.Configure(configure ?? (static _ => { }));
        services.TryAddSingleton(static provider => new ConsoleFiles(provider.GetRequiredService<IOptions<ConsoleOptions>>().Value.Folder));
        services.TryAddSingleton<ConsoleLogin>();
        services.TryAddSingleton<ConsoleEndpoints>();
        return services;
    }

    /// <summary>
    /// Maps the console to <c>/</c> and what it asks for to <c>/console/…</c>. It talks to the Live API of the same address, with ephemeral
    /// tokens; on the developer's own machine without a login, elsewhere with a key of this server.
    /// </summary>
    /// <returns>For conventions on all its endpoints.</returns>
    public static IEndpointConventionBuilder MapLiveConsole(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var files = routes.ServiceProvider.GetService<ConsoleFiles>() ?? throw new InvalidOperationException("Call services.AddLiveConsole() before MapLiveConsole().");
        var endpoints = routes.ServiceProvider.GetRequiredService<ConsoleEndpoints>();
        var group = routes.MapGroup("");
        group.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], context => files.Exist ? files.ServeAsync(context, "") : ExplainAsync(context));
        group.MapMethods("/icon.svg", [HttpMethods.Get, HttpMethods.Head], context => files.ServeAsync(context, "icon.svg"));
        group.MapMethods("/assets/{name}", [HttpMethods.Get, HttpMethods.Head], context => files.ServeAsync(context, $"assets/{context.Request.RouteValues["name"]}"));
        group.MapGet("/console/about", endpoints.AboutAsync);
        group.MapPost("/console/token", endpoints.TokenAsync);
        group.MapPost("/console/login", endpoints.LoginAsync);
        return group;
    }

    private static Task ExplainAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("Parley serves the Live API here. The browser console was not built: run ./run, or npm ci and npm run build in console/.\n", context.RequestAborted);
    }
}
