using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Parley.Server.Models;
using Parley.Server.Sessions;

namespace Parley.Server.Endpoints;

/// <summary>
/// <c>GET /healthz</c>: version, named models and the state of the components; 200 while the process works.
/// <c>GET /readyz</c>: whether a load balancer may send sessions here; 503 during shutdown, at a limit, or if a component is not ready.
/// </summary>
internal sealed class HealthEndpoint(LiveModelCatalogue catalogue, IEnumerable<ILiveHealthPart> parts, SessionRegistry registry, ConnectionAdmission admission)
{
    internal static readonly string Version = typeof(HealthEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private readonly ILiveHealthPart[] _parts = [.. parts];

    internal bool IsReady => !registry.IsDraining && !admission.IsFull && !admission.IsMemoryFull && Array.TrueForAll(_parts, static part => part.IsReady);

    /// <summary>Names of the components that are not ready.</summary>
    internal IReadOnlyList<string> NotReady => [.. _parts.Where(static part => !part.IsReady).Select(static part => part.Name)];

    internal Task GetAsync(HttpContext context)
    {
        var body = new HealthBody(registry.IsDraining ? "stopping" : "ok", Version, [.. catalogue.Names.Select(static name => "models/" + name)], States());
        return WriteAsync(context, body, StatusCodes.Status200OK);
    }

    internal Task GetReadyAsync(HttpContext context)
    {
        var isReady = IsReady;
        var body = new HealthBody(isReady ? "ready" : registry.IsDraining ? "stopping" : "not ready", Version, null, States());
        return WriteAsync(context, body, isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    internal SortedDictionary<string, string> States()
    {
        var states = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["connections"] = registry.Count.ToString(CultureInfo.InvariantCulture) + (admission.IsFull ? ": full" : ""),
            ["memory"] = admission.MemoryState + (admission.IsMemoryFull ? ": full" : ""),
        };
        foreach (var part in _parts)
            states[part.Name] = part.State;
        return states;
    }

    private static Task WriteAsync(HttpContext context, HealthBody body, int status)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(body, ApiJson.Default.HealthBody, cancellationToken: context.RequestAborted);
    }
}
