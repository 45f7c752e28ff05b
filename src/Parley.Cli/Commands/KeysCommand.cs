using System.CommandLine;
using Parley.Cli.Keys;
using Parley.Cli.Output;
using Parley.Client;
using Parley.Server;

namespace Parley.Cli.Commands;

/// <summary>
/// <c>parley keys</c>: the client keys of a server, in its data folder or through its admin API. A running server sees every change at
/// once.
/// </summary>
internal static class KeysCommand
{
    private static readonly TimeSpan LongestCheck = TimeSpan.FromSeconds(2);

    internal static Command Create(ToolEnvironment environment) => new("keys", "Create, list and revoke client keys of a server")
    {
        CreateKey(environment),
        List(environment),
        Revoke(environment),
    };

    private static Command CreateKey(ToolEnvironment environment)
    {
        var name = new Argument<string>("name") { Description = "Display name of the key", HelpName = "NAME" };
        var expires = Durations.Option("--expires", "How long the key is valid. Default: no limit");
        var sessions = Numbers.Option("--max-sessions", 1, "Most concurrent sessions");
        var opens = Numbers.Option("--opens-per-minute", 1, "Most connections opened per minute");
        var minutes = Numbers.Option("--minutes-per-day", 1, "Most session minutes per UTC day, all sessions together");
        var tokens = Numbers.Option("--tokens-per-day", 1L, "Most tokens per UTC day, all sessions together");
        var models = new Option<string[]>("--model")
        {
            Description = "Model the key may use; * matches any characters. Repeatable. Default: all models",
            HelpName = "PATTERN",
        };
        var stores = new KeyStoreOptions(environment);
        var command = new Command("create", "Create a key and print its secret, once")
        {
            name, expires, sessions, opens, minutes, tokens, models,
        };
        stores.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var limits = new KeyLimits
            {
                MaxSessions = parsed.GetValue(sessions),
                OpensPerMinute = parsed.GetValue(opens),
                MinutesPerDay = parsed.GetValue(minutes),
                TokensPerDay = parsed.GetValue(tokens),
                Models = parsed.GetValue(models) ?? [],
            };
            var end = parsed.GetValue(expires) is { } life ? environment.TimeProvider.GetUtcNow() + life : (DateTimeOffset?)null;
            await using var keys = stores.Open(parsed, mayCreate: true)!;
            CreatedKeyBody created;
            try
            {
                created = await keys.CreateAsync(parsed.GetValue(name)!, limits, end, cancellationToken);
            }
            catch (ArgumentException e)
            {
                throw new CommandException(e.Message, ExitCodes.Usage);
            }
            report.Fact(
                "key", created.Secret, ("id", created.Key.Id), ("name", created.Key.Name), ("secret", created.Secret),
                ("expires", created.Key.Expires), ("limits", created.Key.Limits));
            report.Note($"The key is shown only this once. Its id is {created.Key.Id}.");
            if (stores.Folder(parsed) is { } folder)
                await ReportWhereItWorksAsync(folder, created.Secret, environment, report, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command List(ToolEnvironment environment)
    {
        var stores = new KeyStoreOptions(environment);
        var command = new Command("list", "List the keys with limits and usage, without their secrets");
        stores.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            await using var keys = stores.Open(parsed, mayCreate: false);
            var known = keys is null ? [] : await keys.ListAsync(cancellationToken);
            report.Table(
                "key", KeyRow.Header, [.. known.Select(static key => key.ToTableRow())],
                $"No keys yet in {keys?.Name ?? stores.Folder(parsed)}. Create one with: {ToolName.Current} keys create NAME");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Revoke(ToolEnvironment environment)
    {
        var id = new Argument<string>("id") { Description = "Id of the key, as parley keys list prints it", HelpName = "ID" };
        var stores = new KeyStoreOptions(environment);
        var command = new Command("revoke", "Revoke a key permanently and end its sessions") { id };
        stores.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var known = parsed.GetValue(id)!;
            await using var keys = stores.Open(parsed, mayCreate: false);
            if (keys is null || !await keys.RevokeAsync(known, cancellationToken))
            {
                throw new CommandException(
                    $"No key {known} in {keys?.Name ?? stores.Folder(parsed)}. List the keys with: {ToolName.Current} keys list", ExitCodes.Failure);
            }
            report.Fact("revoked", $"{known} is revoked", ("id", known));
            return ExitCodes.Success;
        });
        return command;
    }

    // A key opens only servers on the same folder. If the local server is another one, users must hear of it now.
    private static async Task ReportWhereItWorksAsync(
        string folder, string secret, ToolEnvironment environment, IReport report, CancellationToken cancellationToken)
    {
        var url = environment.Variable(ServerOptions.UrlVariable) ?? ServerOptions.LocalUrl;
        var start = $"{ToolName.Current} serve --data {folder}";
        if (ServerOptions.TryParse(url, out var server) && server.IsLoopback)
        {
            using var timeoutCts = new CancellationTokenSource(LongestCheck, environment.TimeProvider);
            using var linkedCts = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeoutCts.Token);
            try
            {
                await LiveClient.FromApiKey(secret, environment.ClientOptions(server)).ListModelsAsync(linkedCts.Token);
                report.Note($"The server on {url} accepts it.");
                return;
            }
            catch (LiveException e) when (CommandRunner.ExitCodeOf(e.Cause) == ExitCodes.Refused)
            {
                report.Note(
                    $"The server on {url} does NOT accept it, because it runs without this data folder. Restart it with: {start}. "
                    + $"Or create a key in the running server: {ToolName.Current} keys create NAME --url ADMIN-URL");
                return;
            }
            catch (Exception e) when (e is LiveException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // No server is running there.
            }
        }
        report.Note($"It opens servers on this data folder: {start}");
    }
}
