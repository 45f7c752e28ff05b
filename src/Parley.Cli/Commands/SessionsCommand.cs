using System.CommandLine;
using Parley.Cli.Admin;

namespace Parley.Cli.Commands;

/// <summary><c>parley sessions</c>: the live sessions of a server and of those that share its database, through its admin API.</summary>
internal static class SessionsCommand
{
    internal static Command Create(ToolEnvironment environment) => new("sessions", "List, watch and end live sessions of a server and its cluster")
    {
        List(environment),
        Watch(environment),
        End(environment),
    };

    private static Command List(ToolEnvironment environment)
    {
        var admin = new AdminOptions(environment, isRequired: true);
        var command = new Command("list", "List the live sessions with their nodes, keys and models");
        admin.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            using var client = admin.Client(parsed);
            var list = await client.GetAsync("sessions", AdminBodies.Default.SessionListBody, cancellationToken);
            var now = environment.TimeProvider.GetUtcNow();
            report.Table("session", SessionRow.Header, [.. (list.Sessions ?? []).Select(session => session.ToTableRow(now))], $"No live sessions on {client.Name}.");
            AdminOptions.ReportPartial(report, list.Partial);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Watch(ToolEnvironment environment)
    {
        var id = new Argument<string>("id") { Description = "Id of the session, as parley sessions list prints it", HelpName = "ID" };
        var messages = new Option<bool>("--messages") { Description = "Print every message too, with audio and pictures by their size" };
        var admin = new AdminOptions(environment, isRequired: true);
        var command = new Command("watch", "Print what is said in a session until it ends; the server must allow it, and records it") { id, messages };
        admin.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var known = parsed.GetValue(id)!;
            using var client = admin.Client(parsed);
            var view = new WatchView(report, parsed.GetValue(messages));
            await foreach (var line in client.ReadLinesAsync($"sessions/{Uri.EscapeDataString(known)}/watch", cancellationToken))
                view.Show(line);
            report.EndLine();
            return view.HasEnded
                ? ExitCodes.Success
                : throw new CommandException($"{client.Name} ended the connection. The session may still run; watch it again.", ExitCodes.Failure);
        });
        return command;
    }

    private static Command End(ToolEnvironment environment)
    {
        var id = new Argument<string>("id") { Description = "Id of the session, as parley sessions list prints it", HelpName = "ID" };
        var admin = new AdminOptions(environment, isRequired: true);
        var command = new Command("end", "End a session, on whichever node it is") { id };
        admin.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var known = parsed.GetValue(id)!;
            using var client = admin.Client(parsed);
            if (await client.SendAsync(HttpMethod.Delete, $"sessions/{Uri.EscapeDataString(known)}", cancellationToken) is null)
            {
                throw new CommandException(
                    $"No live session {known} on {client.Name}. List the sessions with: {ToolName.Current} sessions list --url URL", ExitCodes.Failure);
            }
            report.Fact("ended", $"{known} is ended", ("id", known));
            return ExitCodes.Success;
        });
        return command;
    }
}
