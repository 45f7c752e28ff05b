using Microsoft.AspNetCore.Builder;
using Parley.Server;

namespace Parley.Cli.Hosting;

/// <summary>
/// The relay of <c>parley serve</c>: the configuration section <c>Relay</c>, preceded by one upstream from the command line or the
/// environment. Without a key for an upstream nothing is relayed; <c>GEMINI_API_KEY</c> is not used for it.
/// </summary>
internal static class RelayHost
{
    internal const string KeyVariable = "PARLEY_UPSTREAM_KEY";
    internal const string UrlVariable = "PARLEY_UPSTREAM_URL";

    // The framework reads it when the first socket is created.
    private const string InlineVariable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    internal static void Configure(WebApplicationBuilder builder, LiveApiBuilder live, ServeSettings settings)
    {
        var section = builder.Configuration.GetSection("Relay");
        var key = settings.UpstreamKey ?? Variable(KeyVariable);
        var url = settings.Upstream ?? Variable(UrlVariable);
        var isConfigured = section.GetSection(nameof(RelayOptions.Upstreams)).GetChildren().Any();
        if (key is null && !isConfigured)
        {
            if (url is not null)
            {
                throw new CommandException(
                    $"No key for the upstream {url}. Give it in ${KeyVariable} or with --upstream-key.", ExitCodes.Usage);
            }
            return;
        }
        Uri? address = null;
        if (url is not null && !Uri.TryCreate(url, UriKind.Absolute, out address))
        {
            throw new CommandException(
                $"The upstream URL '{url}' is not valid. Give --upstream as an absolute URL such as https://example.com.", ExitCodes.Usage);
        }
        // A relay forwards each message on the thread that received it. Local models compute too long for that.
        if (!section.GetSection(nameof(RelayOptions.LocalModels)).GetChildren().Any() && Variable(InlineVariable) is null)
            Environment.SetEnvironmentVariable(InlineVariable, "1");
        live.UseRelay(options =>
        {
            if (key is null)
                return;
            var upstream = new UpstreamOptions { Key = key };
            if (address is not null)
                upstream.Url = address;
            options.Upstreams.Insert(0, upstream);
        });
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
