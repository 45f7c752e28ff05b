using System.CommandLine;
using Parley.Cli.Admin;
using Parley.Cli.Output;

namespace Parley.Cli.Commands;

/// <summary><c>parley nodes</c>: the servers that share a database, through the admin API of one of them.</summary>
internal static class NodesCommand
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1), LongestWait = TimeSpan.FromMinutes(10);

    internal static Command Create(ToolEnvironment environment) => new("nodes", "List and drain the nodes of a cluster")
    {
        List(environment),
        Drain(environment),
    };

    private static Command List(ToolEnvironment environment)
    {
        var admin = new AdminOptions(environment, isRequired: true);
        var command = new Command("list", "List the nodes with their sessions; * marks the node that answers");
        admin.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            using var client = admin.Client(parsed);
            var list = await client.GetAsync("nodes", AdminBodies.Default.NodeListBody, cancellationToken);
            var now = environment.TimeProvider.GetUtcNow();
            report.Table("node", NodeRow.Header, [.. (list.Nodes ?? []).Select(node => node.ToTableRow(now))], $"No nodes on {client.Name}.");
            AdminOptions.ReportPartial(report, list.Partial);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Drain(ToolEnvironment environment)
    {
        var name = new Argument<string>("name") { Description = "Name or id of the node, as parley nodes list prints them", HelpName = "NAME" };
        var wait = new Option<bool>("--wait") { Description = "Wait until the node has no sessions" };
        var timeout = Durations.Option("--timeout", "Longest wait of --wait. Default: 10m");
        var admin = new AdminOptions(environment, isRequired: true);
        var command = new Command("drain", "Send the clients of a node to other nodes; it takes no new sessions until it is restarted") { name, wait, timeout };
        command.Validators.Add(result =>
        {
            if (result.GetResult(timeout) is not null && !result.GetValue(wait))
                result.AddError("--timeout is for --wait. Give both, or neither.");
        });
        admin.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var known = parsed.GetValue(name)!;
            using var client = admin.Client(parsed);
            var json = await client.SendAsync(HttpMethod.Post, $"nodes/{Uri.EscapeDataString(known)}/drain", cancellationToken)
                ?? throw new CommandException(
                    $"No running node {known} in the cluster of {client.Name}. List the nodes with: {ToolName.Current} nodes list --url URL", ExitCodes.Failure);
            var node = client.Read(json, AdminBodies.Default.NodeRow);
            report.Fact("draining", $"{Report.OneLine(node.Name)} drains: {Left(node.Sessions)}", ("id", node.Id), ("name", node.Name), ("sessions", node.Sessions));
            if (parsed.GetValue(wait))
                await WaitAsync(client, node, parsed.GetValue(timeout) ?? LongestWait, report, environment.TimeProvider, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task WaitAsync(
        AdminClient client, NodeRow node, TimeSpan longest, IReport report, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var (start, shown) = (timeProvider.GetTimestamp(), node.Sessions);
        while (true)
        {
            var list = await client.GetAsync("nodes", AdminBodies.Default.NodeListBody, cancellationToken);
            var now = list.Nodes?.FirstOrDefault(candidate => candidate.Id == node.Id);
            // A list without the database has one node only. A node is listed as draining when it has acted, a few seconds later.
            if (now is null or { Alive: false } ? list.Partial is not true : now is { Draining: true, Sessions: 0 })
            {
                var how = now is null or { Alive: false } ? "has ended" : "has no sessions";
                report.Fact("drained", $"{Report.OneLine(node.Name)} {how}", ("id", node.Id), ("name", node.Name), ("ended", now is null or { Alive: false }));
                return;
            }
            if (now is not null && now.Sessions != shown)
                report.Fact("progress", Left(now.Sessions), ("id", node.Id), ("name", node.Name), ("sessions", now.Sessions));
            shown = now?.Sessions ?? shown;
            if (timeProvider.GetElapsedTime(start) >= longest)
            {
                throw new CommandException(
                    $"{Report.OneLine(node.Name)} still has sessions: {shown}. Clients may stay for Live:Connections:DrainTime of the node; wait longer with --timeout.",
                    ExitCodes.Failure);
            }
            await Task.Delay(CheckInterval, timeProvider, cancellationToken);
        }
    }

    private static string Left(int sessions) => sessions == 1 ? "1 session left" : $"{sessions} sessions left";
}
