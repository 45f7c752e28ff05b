using System.CommandLine;
using System.Globalization;
using Parley.Cli.Storage;
using Parley.Server;

namespace Parley.Cli.Commands;

/// <summary>
/// <c>parley keys</c>: the client keys of a server, stored in its data folder. A running server on that folder sees every change at once.
/// </summary>
internal static class KeysCommand
{
    internal static Command Create() => new("keys", "Create, list and revoke client keys of a server") { CreateKey(), List(), Revoke() };

    private static Command CreateKey()
    {
        var name = new Argument<string>("name") { Description = "Display name of the key" };
        name.Validators.Add(static result =>
        {
            if (string.IsNullOrWhiteSpace(result.GetValueOrDefault<string>()))
                result.AddError("The name of a key must not be empty.");
        });
        var expires = Durations.Option("--expires", "How long the key is valid. Default: no limit");
        var sessions = new Option<int?>("--max-sessions") { Description = "Most concurrent sessions", HelpName = "COUNT" };
        var opens = new Option<int?>("--opens-per-minute") { Description = "Most connections opened per minute", HelpName = "COUNT" };
        var minutes = new Option<int?>("--minutes-per-day")
        {
            Description = "Most session minutes per UTC day, all sessions together",
            HelpName = "COUNT",
        };
        var tokens = new Option<long?>("--tokens-per-day")
        {
            Description = "Most tokens per UTC day, all sessions together",
            HelpName = "COUNT",
        };
        var models = new Option<string[]>("--model")
        {
            Description = "Model the key may use; * matches any characters. Repeatable. Default: all models",
            HelpName = "PATTERN",
        };
        var data = Data();
        var command = new Command("create", "Create a key and print its secret, once")
        {
            name, expires, sessions, opens, minutes, tokens, models, data,
        };
        command.SetBody(async (parsed, report, _) =>
        {
            await using var keys = Open(parsed.GetValue(data)!);
            var limits = new KeyLimits
            {
                MaxSessions = parsed.GetValue(sessions),
                OpensPerMinute = parsed.GetValue(opens),
                MinutesPerDay = parsed.GetValue(minutes),
                TokensPerDay = parsed.GetValue(tokens),
                Models = parsed.GetValue(models) ?? [],
            };
            var end = parsed.GetValue(expires) is { } life ? TimeProvider.System.GetUtcNow() + life : (DateTimeOffset?)null;
            var created = await keys.CreateAsync(parsed.GetValue(name)!, limits, end);
            report.Fact(
                "key", created.Secret, ("id", created.Key.Id), ("name", created.Key.Name), ("secret", created.Secret),
                ("expires", created.Key.Expires));
            if (!parsed.GetValue(CommandRunner.Json))
                await Console.Error.WriteLineAsync($"The key is shown only this once. Its id is {created.Key.Id}.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command List()
    {
        var data = Data();
        var command = new Command("list", "List the keys, without their secrets") { data };
        command.SetBody(async (parsed, report, _) =>
        {
            await using var keys = Open(parsed.GetValue(data)!);
            var now = TimeProvider.System.GetUtcNow();
            var known = keys.List();
            foreach (var key in known)
            {
                var state = key.Revoked is not null ? "revoked" : key.IsValid(now) ? "valid" : "expired";
                var end = key.Expires is { } at ? $" until {at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}" : "";
                report.Fact(
                    "key", $"{key.Id}  {state + end,-26} {key.Name}", ("id", key.Id), ("name", key.Name), ("state", state),
                    ("created", key.Created), ("expires", key.Expires), ("revoked", key.Revoked), ("limits", key.Limits));
            }
            if (known.Count == 0 && !parsed.GetValue(CommandRunner.Json))
                await Console.Error.WriteLineAsync($"No keys in {parsed.GetValue(data)}.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("id") { Description = "Id of the key, as parley keys list prints it" };
        var data = Data();
        var command = new Command("revoke", "Revoke a key permanently and end its sessions") { id, data };
        command.SetBody(async (parsed, report, _) =>
        {
            await using var keys = Open(parsed.GetValue(data)!);
            var known = parsed.GetValue(id)!;
            if (!await keys.RevokeAsync(known))
            {
                throw new CommandException(
                    $"No key {known} in {parsed.GetValue(data)}. List the keys with: {ToolName.Current} keys list", ExitCodes.Failure);
            }
            report.Fact("revoked", $"{known} is revoked", ("id", known));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Option<string> Data() => new("--data")
    {
        Description = "Data folder of the server. Default: $PARLEY_DATA, else parley in $XDG_STATE_HOME or ~/.local/state",
        HelpName = "FOLDER",
        DefaultValueFactory = _ => DataFolder.Default,
    };

    private static LiveKeys Open(string folder)
    {
        try
        {
            return LiveKeys.Open(folder);
        }
        catch (Exception e) when (e is InvalidOperationException or System.Data.Common.DbException)
        {
            throw new CommandException(e.Message, ExitCodes.Failure);
        }
    }
}
