using System.CommandLine;
using Parley.Cli.Contexts;
using Parley.Client;

namespace Parley.Cli.Commands;

/// <summary>
/// Which server a command talks to: <c>--url</c> or <c>--context</c>, else <c>PARLEY_URL</c>, else the current context, else the public
/// service if <c>GEMINI_API_KEY</c> is set, else the local server. A stored key, and a key of the public service, is never sent to another
/// host.
/// </summary>
internal sealed class ServerOptions(ToolEnvironment environment)
{
    internal const string LocalUrl = "http://127.0.0.1:8080";
    internal const string DevelopmentKey = "parley-dev";
    internal const string PublicUrl = "https://generativelanguage.googleapis.com/";
    internal const string UrlVariable = "PARLEY_URL", KeyVariable = "PARLEY_KEY", PublicKeyVariable = "GEMINI_API_KEY";

    private readonly Option<string?> _url = new("--url")
    {
        Description =
            $"Server to connect to. Default: ${UrlVariable}, else the current context, else the public service if ${PublicKeyVariable} "
            + $"is set, else {LocalUrl}",
        HelpName = "URL",
    };
    private readonly Option<string?> _context = new("--context")
    {
        Description = "Server that parley login stored under this name. Default: the current context",
        HelpName = "NAME",
    };
    private readonly Option<string?> _key = new("--key")
    {
        Description =
            $"API key. Default: ${KeyVariable} (${PublicKeyVariable} for the public service), else the key that login stored for the server, "
            + "else the development key on this machine",
        HelpName = "KEY",
    };
    private readonly Option<string?> _token = new("--token")
    {
        Description = "Ephemeral token (auth_tokens/…), instead of a key",
        HelpName = "TOKEN",
    };
    private readonly Option<string?> _version = new("--api-version")
    {
        Description = $"API version in the URL path. Default: {new LiveClientOptions().ApiVersion}",
        HelpName = "VERSION",
    };

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_url, _context, _key, _token, _version])
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_url) is { Length: > 0 } url && !TryParse(url, out _))
                result.AddError(NotAUrl("--url", url));
            if (result.GetValue(_url) is not null && result.GetValue(_context) is not null)
                result.AddError("--url and --context both name a server. Give one of them.");
            if (result.GetValue(_key) is not null && result.GetValue(_token) is not null)
                result.AddError("--key and --token are both credentials. Give one of them.");
        });
    }

    internal static bool TryParse(string text, out Uri url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url!) && url is { Scheme: "http" or "https" or "ws" or "wss", Host.Length: > 0 };

    internal static string NotAUrl(string name, string value) => $"{name} must be an absolute URL such as {LocalUrl}, not '{value}'.";

    /// <summary>The server a command connects to.</summary>
    /// <exception cref="CommandException">The variable or the context that names it is not valid.</exception>
    internal Uri Url(ParseResult parsed)
    {
        if (parsed.GetValue(_url) is { } given)
            return Parse("--url", given);
        var store = new ContextStore(environment);
        if (parsed.GetValue(_context) is { } name)
            return Parse(store.Path, store.Find(name).Url);
        if (environment.Variable(UrlVariable) is { } variable)
            return Parse(UrlVariable, variable);
        if (store.Current() is { } current)
            return Parse(store.Path, current.Url);
        return new Uri(environment.Variable(PublicKeyVariable) is null ? LocalUrl : PublicUrl);
    }

    internal LiveClient CreateClient(ParseResult parsed, ILiveMessageObserver? observer = null)
    {
        var url = Url(parsed);
        var options = environment.ClientOptions(url);
        options.MessageObserver = observer;
        if (parsed.GetValue(_version) is { } version)
            options.ApiVersion = version;
        if (parsed.GetValue(_token) is { } token)
            return LiveClient.FromToken(token, options);
        var key = parsed.GetValue(_key) ?? Key(parsed, url)
            ?? throw new CommandException(
                $"No API key for {url.Host}. Give one with --key, or log in with: {ToolName.Current} login --url {url}", ExitCodes.Usage);
        return LiveClient.FromApiKey(key, options);
    }

    private string? Key(ParseResult parsed, Uri url)
    {
        var store = new ContextStore(environment);
        if (parsed.GetValue(_context) is { } name)
            return store.Find(name).Key;
        return StoredKey(environment, store, url);
    }

    /// <summary>The key for a server that is not given on the command line; null if there is none.</summary>
    internal static string? StoredKey(ToolEnvironment environment, ContextStore store, Uri url)
    {
        var isPublic = url.Host == new Uri(PublicUrl).Host;
        return environment.Variable(isPublic ? PublicKeyVariable : KeyVariable) ?? store.KeyOf(url) ?? (url.IsLoopback ? DevelopmentKey : null);
    }

    private static Uri Parse(string source, string text) =>
        TryParse(text, out var url) ? url : throw new CommandException(NotAUrl(source, text), ExitCodes.Usage);
}
