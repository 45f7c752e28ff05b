using System.CommandLine;
using Parley.Cli.Admin;
using Parley.Cli.Keys;
using Parley.Cli.Output;
using Parley.Client;
using Parley.Server;

namespace Parley.Cli.Commands;

/// <summary>
/// <c>parley keys</c>: the client keys of a server, in its data folder or database, or through its admin API. A running server sees every
/// change at once.
/// </summary>
internal static class KeysCommand
{
    private static readonly TimeSpan LongestCheck = TimeSpan.FromSeconds(2);

    internal static Command Create(ToolEnvironment environment) => new("keys", "Create, list, limit and revoke client keys of a server, and show their usage")
    {
        CreateKey(environment),
        List(environment),
        Limit(environment),
        Revoke(environment),
        Usage(environment),
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
            var created = await CheckedAsync(() => keys.CreateAsync(parsed.GetValue(name)!, limits, end, cancellationToken));
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
            var known = keys is null ? new KeyList([]) : await keys.ListAsync(cancellationToken);
            report.Table(
                "key", KeyRow.Header, [.. known.Keys.Select(static key => key.ToTableRow())],
                $"No keys yet in {keys?.Name ?? stores.Folder(parsed)}. Create one with: {ToolName.Current} keys create NAME");
            AdminOptions.ReportPartial(report, known.IsPartial);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Limit(ToolEnvironment environment)
    {
        var id = IdArgument();
        var sessions = Numbers.LimitOption("--max-sessions", 1, "Most concurrent sessions, or none");
        var opens = Numbers.LimitOption("--opens-per-minute", 1, "Most connections opened per minute, or none");
        var minutes = Numbers.LimitOption("--minutes-per-day", 1, "Most session minutes per UTC day, all sessions together, or none");
        var tokens = Numbers.LimitOption("--tokens-per-day", 1L, "Most tokens per UTC day, all sessions together, or none");
        var models = new Option<string[]>("--model")
        {
            Description = "Model the key may use, in place of those before; * matches any characters. Repeatable. 'none' = all models",
            HelpName = "PATTERN",
        };
        var stores = new KeyStoreOptions(environment);
        var command = new Command("limit", "Change limits of a key; those that are not given stay") { id, sessions, opens, minutes, tokens, models };
        command.Validators.Add(result =>
        {
            if (((Option[])[sessions, opens, minutes, tokens, models]).All(option => result.GetResult(option) is null))
                result.AddError($"No limit is given. Give at least one, such as --max-sessions 20 or --max-sessions {Numbers.None}.");
            if (result.GetValue(models) is { Length: > 1 } patterns && patterns.Contains(Numbers.None))
                result.AddError($"--model {Numbers.None} allows all models. Give it alone, or give the models.");
        });
        stores.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var known = parsed.GetValue(id)!;
            await using var keys = stores.Open(parsed, mayCreate: false);
            var list = keys is null ? null : await keys.ListAsync(cancellationToken);
            if (list is { IsPartial: true })
                throw new CommandException($"{keys!.Name} cannot read its keys now. Try again when its database answers.", ExitCodes.Failure);
            var limits = list?.Keys.FirstOrDefault(key => key.Id == known)?.Limits ?? throw Unknown(known, keys, stores, parsed);
            limits = new KeyLimits
            {
                MaxSessions = parsed.GetValue(sessions) is { } s ? s.Limit : limits.MaxSessions,
                OpensPerMinute = parsed.GetValue(opens) is { } o ? o.Limit : limits.OpensPerMinute,
                MinutesPerDay = parsed.GetValue(minutes) is { } m ? m.Limit : limits.MinutesPerDay,
                TokensPerDay = parsed.GetValue(tokens) is { } t ? t.Limit : limits.TokensPerDay,
                Models = parsed.GetValue(models) switch { null or [] => limits.Models, [Numbers.None] => [], var patterns => patterns },
            };
            if (!await CheckedAsync(() => keys!.SetLimitsAsync(known, limits, cancellationToken)))
                throw Unknown(known, keys, stores, parsed);
            report.Fact("limits", $"{known} has the limits: {KeyRow.Describe(limits)}", ("id", known), ("limits", limits));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Revoke(ToolEnvironment environment)
    {
        var id = IdArgument();
        var stores = new KeyStoreOptions(environment);
        var command = new Command("revoke", "Revoke a key permanently and end its sessions") { id };
        stores.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var known = parsed.GetValue(id)!;
            await using var keys = stores.Open(parsed, mayCreate: false);
            if (keys is null || !await keys.RevokeAsync(known, cancellationToken))
                throw Unknown(known, keys, stores, parsed);
            report.Fact("revoked", $"{known} is revoked", ("id", known));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Usage(ToolEnvironment environment)
    {
        var admin = new AdminOptions(environment, isRequired: true);
        var command = new Command("usage", "Show the usage of the last 31 days by day and key, with its cost if the server has prices");
        admin.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            using var client = admin.Client(parsed);
            var usage = await client.GetAsync("usage", AdminBodies.Default.UsageBody, cancellationToken);
            var keys = await client.GetAsync("keys", AdminBodies.Default.KeyListBody, cancellationToken);
            var names = (keys.Keys ?? []).ToDictionary(static key => key.Id, static key => key.Name, StringComparer.Ordinal);
            report.Table(
                "usage", UsageRow.Header, [.. (usage.Usage ?? []).Select(row => row.ToTableRow(names.GetValueOrDefault(row.KeyId), usage.Currency))],
                $"No usage yet on {client.Name}.");
            if (usage.Currency is not null && usage.Usage?.Any(static row => row.UnpricedTokens > 0) is true)
                report.Note("Some tokens were of models without a price (+ or -). Add the models to Live:Prices of the server.");
            AdminOptions.ReportPartial(report, usage.Partial);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Argument<string> IdArgument() => new("id") { Description = "Id of the key, as parley keys list prints it", HelpName = "ID" };

    private static CommandException Unknown(string id, Keys.IKeyStore? keys, KeyStoreOptions stores, ParseResult parsed) => new(
        $"No key {id} in {keys?.Name ?? stores.Folder(parsed)}. List the keys with: {ToolName.Current} keys list", ExitCodes.Failure);

    private static async Task<T> CheckedAsync<T>(Func<Task<T>> change)
    {
        try
        {
            return await change();
        }
        catch (ArgumentException e)
        {
            throw new CommandException(e.Message, ExitCodes.Usage);
        }
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
