using System.CommandLine;
using Parley.Cli.Hosting;
using Parley.Testing;

namespace Parley.Cli.Commands;

/// <summary><c>parley cassette record --upstream URL --out FOLDER [-- COMMAND]</c>: records what clients and an upstream say to each other.</summary>
internal static class CassetteRecordCommand
{
    internal static Command Create(ToolEnvironment environment)
    {
        var upstream = new Option<string>("--upstream") { Description = "Live server to record, such as https://generativelanguage.googleapis.com", HelpName = "URL", Required = true };
        var key = new Option<string?>("--upstream-key")
        {
            Description = $"Key for the upstream, in place of the clients'. Better in ${RelayHost.KeyVariable}, because other users can read a command line", HelpName = "KEY",
        };
        var output = Files.Folder("--out", "Write the cassette to this folder; one that is there is replaced");
        output.Required = true;
        var port = Ports.Option("--port", 0, "Port on loopback to listen on; 0 picks a free one. Default: 0");
        var missing = new Option<bool>("--missing") { Description = "Replay the sessions that the cassette has, and record those with another setup" };
        var secrets = CassetteCommand.Secrets();
        var program = CassetteProgram.Argument();
        var command = new Command("record", "Record sessions with a Live server, until Ctrl+C or until a command ends with success")
        {
            upstream, key, output, port, missing, secrets, program,
        };
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            if (!Uri.TryCreate(parsed.GetValue(upstream), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https" or "ws" or "wss"))
            {
                throw new CommandException(
                    $"The upstream URL '{parsed.GetValue(upstream)}' is not valid. Give --upstream as an absolute URL such as https://example.com.", ExitCodes.Usage);
            }
            var folder = parsed.GetValue(output)!;
            var run = await CassetteProgram.StartAsync(
                report, parsed.GetValue(port) ?? 0, folder,
                cassette =>
                {
                    cassette.UsesEnvironment = false;
                    cassette.Mode = parsed.GetValue(missing) ? CassetteMode.RecordMissing : CassetteMode.Record;
                    cassette.Upstream = address;
                    cassette.UpstreamKey = parsed.GetValue(key) ?? environment.Variable(RelayHost.KeyVariable);
                    cassette.UpstreamInvoker = environment.Invoker;
                    foreach (var secret in parsed.GetValue(secrets) ?? [])
                        cassette.Secrets.Add(secret);
                },
                cancellationToken);
            await using (run)
            {
                var code = await run.RunAsync(parsed.GetValue(program) ?? [], cancellationToken);
                if (code != ExitCodes.Success)
                {
                    report.Note($"The command ended with exit code {code}: nothing is saved.");
                    return code;
                }
                if (run.Server.Cassette is { Entries.Count: 0 } or null)
                    throw new CommandException("No client has connected: nothing is saved.", ExitCodes.Failure);
                run.Verify();
                var recorded = run.Server.Cassette!;
                await run.DisposeAsync();
                CassetteCommand.Saved(report, folder, recorded);
                return ExitCodes.Success;
            }
        });
        return command;
    }
}
