using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Parley.Server.Endpoints;

/// <summary>
/// Takes the client's address and scheme from <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> of the proxies of
/// <see cref="LiveConnectionOptions.TrustedProxies"/>, before everything else in the pipeline. Nobody is trusted by default, not even loopback: every process
/// of the machine could then choose its address. The middleware leaves <c>X-Original-For</c>, by which such a request still counts as proxied.
/// </summary>
internal sealed class TrustedProxies(IOptions<LiveApiOptions> options) : IStartupFilter
{
    private const string Loopback = "loopback";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (options.Value.Connections.TrustedProxies is { Count: > 0 } proxies)
            app.UseForwardedHeaders(Options(proxies));
        next(app);
    };

    /// <summary>Whether a value is <c>loopback</c>, an address, or a network such as <c>10.0.0.0/8</c>.</summary>
    internal static bool IsValid(string? proxy) => proxy == Loopback || IPAddress.TryParse(proxy, out _) || IPNetwork.TryParse(proxy, out _);

    private static ForwardedHeadersOptions Options(IEnumerable<string> proxies)
    {
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        // Entries are read from the last one on, as long as the one that added them is trusted: however many proxies there are.
        forwarded.ForwardLimit = null;
        foreach (var proxy in proxies)
        {
            if (proxy == Loopback)
            {
                forwarded.KnownIPNetworks.Add(IPNetwork.Parse("127.0.0.0/8"));
                forwarded.KnownProxies.Add(IPAddress.IPv6Loopback);
            }
            else if (IPAddress.TryParse(proxy, out var address))
            {
                forwarded.KnownProxies.Add(address);
            }
            else
            {
                forwarded.KnownIPNetworks.Add(IPNetwork.Parse(proxy));
            }
        }
        return forwarded;
    }
}
