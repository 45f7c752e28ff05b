using System.CommandLine;
using Parley.Cli.Contexts;
using Parley.Cli.Output;
using Parley.Client;

namespace Parley.Cli.Commands;

/// <summary><c>parley login</c>: stores a server and its key as a context, which the client commands then use.</summary>
internal static class LoginCommand
{
    private const int MaxKeyLength = 4_096;

    internal static Command Create(ToolEnvironment environment)
    {
        var name = new Argument<string?>("name")
        {
            Description = "Name of the context. Default: the host of the server",
            HelpName = "NAME",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var url = new Option<string?>("--url") { Description = $"Server. Default: {ServerOptions.PublicUrl}", HelpName = "URL" };
        var withKey = new Option<bool>("--with-key") { Description = "Read the key from standard input instead of the terminal" };
        var command = new Command("login", "Store a server and its key, for the commands that connect to a server") { name, url, withKey };
        command.Validators.Add(result =>
        {
            if (result.GetValue(url) is { Length: > 0 } given && !ServerOptions.TryParse(given, out _))
                result.AddError(ServerOptions.NotAUrl("--url", given));
            if (result.GetValue(name) is { Length: > 0 } context && !ContextStore.IsName(context))
                result.AddError($"'{context}' cannot be the name of a context. Give letters, digits, '.', '-' and '_', at most 64.");
        });
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var address = parsed.GetValue(url) is { } given && ServerOptions.TryParse(given, out var server)
                ? server
                : new Uri(ServerOptions.PublicUrl);
            var key = await ReadKeyAsync(environment, address, parsed.GetValue(withKey), cancellationToken);
            var context = new ServerContext(parsed.GetValue(name) ?? address.Authority, address.ToString(), key);
            if (!ContextStore.IsName(context.Name))
                throw new CommandException($"Give the context a name: {ToolName.Current} login NAME --url {address}", ExitCodes.Usage);
            await CheckAsync(environment, address, key, report, cancellationToken);
            var store = new ContextStore(environment);
            store.Add(context);
            report.Fact(
                "login", $"Logged in to {address} as the context {context.Name}, stored in {store.Path}",
                ("name", context.Name), ("url", context.Url), ("path", store.Path));
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<string> ReadKeyAsync(ToolEnvironment environment, Uri server, bool withKey, CancellationToken cancellationToken)
    {
        string? key;
        if (withKey || environment.IsInputRedirected)
        {
            using var reader = new StreamReader(environment.TakeInput());
            key = await reader.ReadLineAsync(cancellationToken);
        }
        else
        {
            await environment.Error.WriteAsync($"Key for {server.Host} (not shown): ");
            key = environment.ReadHidden();
            await environment.Error.WriteLineAsync();
        }
        key = key?.Trim();
        if (key is not { Length: > 0 and <= MaxKeyLength } || key.Any(static c => char.IsControl(c) || char.IsWhiteSpace(c)))
        {
            throw new CommandException(
                $"No key was given: it must be one line of at most {MaxKeyLength} characters without blanks, typed or on standard input.",
                ExitCodes.Usage);
        }
        return key;
    }

    // A refused key is not stored. A server that cannot be reached says nothing about the key.
    private static async Task CheckAsync(ToolEnvironment environment, Uri server, string key, IReport report, CancellationToken cancellationToken)
    {
        try
        {
            await LiveClient.FromApiKey(key, environment.ClientOptions(server)).ListModelsAsync(cancellationToken);
        }
        catch (LiveException e) when (CommandRunner.ExitCodeOf(e.Cause) != ExitCodes.Refused)
        {
            report.Note($"The key was not checked: {e.Message}");
        }
    }
}
