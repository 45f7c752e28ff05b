using System.CommandLine;
using System.Globalization;
using Parley.Cli.Storage;
using Parley.Server;
using Parley.Server.Storage;

namespace Parley.Cli.Commands;

/// <summary><c>parley keys</c>: the keys a server gives to its clients, in its data folder. A server that runs on it sees every change at once.</summary>
internal static class KeysCommand
{
    internal static Command Create() => new("keys", "Create, list and revoke the keys of a server's clients") { CreateKey(), List(), Revoke() };

    private static Command CreateKey()
    {
        var name = new Argument<string>("name") { Description = "What people call it" };
        var expires = Durations.Option("--expires", "How long it is good for. Default: for ever");
        var sessions = new Option<int?>("--max-sessions") { Description = "Sessions open at once" };
        var opens = new Option<int?>("--opens-per-minute") { Description = "Connections opened in a minute" };
        var minutes = new Option<int?>("--minutes-per-day") { Description = "Minutes of all its sessions in a day (UTC)" };
        var tokens = new Option<long?>("--tokens-per-day") { Description = "Tokens of all its sessions in a day (UTC)" };
        var models = new Option<string[]>("--model") { Description = "A model it may use, * for any characters. May be repeated. Default: all" };
        var data = Data();
        var command = new Command("create", "Create a key and print it, once") { name, expires, sessions, opens, minutes, tokens, models, data };
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
            report.Fact("key", created.Secret, ("id", created.Key.Id), ("name", created.Key.Name), ("secret", created.Secret), ("expires", created.Key.Expires));
            if (!parsed.GetValue(CommandRunner.Json))
                await Console.Error.WriteLineAsync($"This is the only time the key is shown. Its id is {created.Key.Id}.");
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
            foreach (var key in keys.List())
            {
                var state = key.Revoked is not null ? "revoked" : key.IsValid(now) ? "valid" : "expired";
                var end = key.Expires is { } at ? $" until {at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}" : "";
                report.Fact(
                    "key", $"{key.Id}  {state + end,-26} {key.Name}", ("id", key.Id), ("name", key.Name), ("state", state), ("created", key.Created),
                    ("expires", key.Expires), ("revoked", key.Revoked), ("limits", key.Limits));
            }
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("id") { Description = "Id of the key; parley keys list shows it" };
        var data = Data();
        var command = new Command("revoke", "Revoke a key for good: it opens nothing any more, and its sessions end") { id, data };
        command.SetBody(async (parsed, report, _) =>
        {
            await using var keys = Open(parsed.GetValue(data)!);
            var known = parsed.GetValue(id)!;
            if (!await keys.RevokeAsync(known))
                throw new CommandException($"There is no key {known} in {parsed.GetValue(data)}.", ExitCodes.Failure);
            report.Fact("revoked", $"{known} is revoked", ("id", known));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Option<string> Data() => new("--data")
    {
        Description = "Data folder of the server. Default: $PARLEY_DATA, else parley in $XDG_STATE_HOME or ~/.local/state",
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
