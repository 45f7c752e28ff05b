using System.CommandLine;
using Parley.Client;

namespace Parley.Cli.Commands;

/// <summary>
/// Which server a command talks to: <c>--url</c>, else <c>PARLEY_URL</c>, else the public service if <c>GEMINI_API_KEY</c> is set, else the
/// local server. A key of the public service is never sent to another host unless it is given with <c>--key</c>.
/// </summary>
internal sealed class ServerOptions
{
    internal const string LocalUrl = "http://127.0.0.1:8080";
    internal const string DevelopmentKey = "parley-dev";
    private const string PublicUrl = "https://generativelanguage.googleapis.com/";

    private readonly Option<string?> _url = new("--url")
    {
        Description = "Server to connect to. Default: $PARLEY_URL, else the public service if $GEMINI_API_KEY is set, else " + LocalUrl,
        HelpName = "URL",
    };
    private readonly Option<string?> _key = new("--key")
    {
        Description = "API key. Default: $PARLEY_KEY or the development key for the local server, $GEMINI_API_KEY for the public service",
        HelpName = "KEY",
    };
    private readonly Option<string?> _token = new("--token")
    {
        Description = "Ephemeral token (auth_tokens/…), instead of a key",
        HelpName = "TOKEN",
    };
    private readonly Option<string> _version = new("--api-version")
    {
        Description = "API version in the URL path",
        HelpName = "VERSION",
        DefaultValueFactory = _ => "v1",
    };

    internal void AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_key);
        command.Options.Add(_token);
        command.Options.Add(_version);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_url) is { } url && !Uri.TryCreate(url, UriKind.Absolute, out _))
                result.AddError($"--url must be an absolute URL such as {LocalUrl}, not '{url}'.");
        });
    }

    /// <summary>The server a command connects to.</summary>
    internal Uri Url(ParseResult parsed)
    {
        var publicKey = Environment.GetEnvironmentVariable("GEMINI_API_KEY");
        return new Uri(
            parsed.GetValue(_url) ?? Environment.GetEnvironmentVariable("PARLEY_URL") ?? (publicKey is { Length: > 0 } ? PublicUrl : LocalUrl));
    }

    internal LiveClient CreateClient(ParseResult parsed, ILiveMessageObserver? observer = null)
    {
        var publicKey = Environment.GetEnvironmentVariable("GEMINI_API_KEY");
        var url = Url(parsed);
        var options = new LiveClientOptions { BaseAddress = url, ApiVersion = parsed.GetValue(_version)!, MessageObserver = observer };
        if (parsed.GetValue(_token) is { } token)
            return LiveClient.FromToken(token, options);
        var isPublic = url.Host == new Uri(PublicUrl).Host;
        var key = parsed.GetValue(_key) ?? (
            isPublic ? publicKey : Environment.GetEnvironmentVariable("PARLEY_KEY") ?? (url.IsLoopback ? DevelopmentKey : null));
        if (key is not { Length: > 0 })
            throw new CommandException($"No API key for {url.Host}. Give one with --key.", ExitCodes.Usage);
        return LiveClient.FromApiKey(key, options);
    }
}
