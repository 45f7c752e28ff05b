using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace Parley.Server;

/// <summary><c>GET /healthz</c>: that the server runs, which models it has a name for, and how its parts are.</summary>
internal sealed class HealthEndpoint(LiveModelCatalogue catalogue, IEnumerable<IHealthPart> parts)
{
    private static readonly string Version = typeof(HealthEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    internal Task GetAsync(HttpContext context)
    {
        var states = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in parts)
            states[part.Name] = part.State;
        var body = new HealthBody("ok", Version, [.. catalogue.Names.Select(static name => "models/" + name)], states);
        return context.Response.WriteAsJsonAsync(body, ApiJson.Default.HealthBody, cancellationToken: context.RequestAborted);
    }
}
