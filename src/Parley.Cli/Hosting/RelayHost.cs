using Microsoft.AspNetCore.Builder;
using Parley.Server;
using Parley.Server.Relay;

namespace Parley.Cli.Hosting;

/// <summary>
/// The relay of <c>parley serve</c>: the section <c>Relay</c> of the configuration, and on top of it one upstream from the command line or the
/// environment. Without any key nothing is relayed, whatever keys of the public service lie about in the environment.
/// </summary>
internal static class RelayHost
{
    internal const string KeyVariable = "PARLEY_UPSTREAM_KEY";
    internal const string UrlVariable = "PARLEY_UPSTREAM_URL";

    // Read by the framework when the first socket is made.
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
                throw new CommandException($"There is no key for the upstream {url}. Give it in ${KeyVariable} or with --upstream-key.", ExitCodes.Usage);
            return;
        }
        // A frame of a relay is handed on by the thread that was told of it. What answers here itself thinks too long for that.
        if (!section.GetSection(nameof(RelayOptions.LocalModels)).GetChildren().Any() && Variable(InlineVariable) is null)
            Environment.SetEnvironmentVariable(InlineVariable, "1");
        live.UseRelay(options =>
        {
            if (key is null)
                return;
            var upstream = new UpstreamOptions { Key = key };
            if (url is not null)
                upstream.Url = Uri.TryCreate(url, UriKind.Absolute, out var address) ? address : throw new CommandException($"{url} is no address. Give --upstream as https://example.com.", ExitCodes.Usage);
            options.Upstreams.Insert(0, upstream);
        });
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
