using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Parley.Cli.Commands;
using Parley.Cli.Output;

namespace Parley.Cli;

/// <summary>The tool: parses a command line and runs its command.</summary>
internal static class ParleyTool
{
    /// <summary>All commands. The name is the one that users type, whatever the file of the program is called.</summary>
    internal static RootCommand CreateRoot(ToolEnvironment environment)
    {
        var root = new RootCommand("Serve, call, test and inspect the Gemini Live API.")
        {
            ServeCommand.Create(environment),
            AskCommand.Create(environment),
            SendCommand.Create(environment),
            TalkCommand.Create(environment),
            PlayCommand.Create(environment),
            CallCommand.Create(environment),
            CassetteCommand.Create(environment),
            DoctorCommand.Create(environment),
            ConformCommand.Create(environment),
            LoadCommand.Create(environment),
            EvalCommand.Create(environment),
            ModelsCommand.Create(environment),
            TokenCommand.Create(environment),
            KeysCommand.Create(environment),
            SessionsCommand.Create(environment),
            NodesCommand.Create(environment),
            RecordingsCommand.Create(environment),
            LoginCommand.Create(environment),
            ContextCommand.Create(environment),
            DemoCommand.Create(environment),
            EmulatorCommand.Create(environment),
            CompletionCommand.Create(environment),
            HelpCommand.Create(environment),
        };
        // These spellings of other systems would be suggested to users of a shell.
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            foreach (var alias in (string[])["-?", "/?", "/h"])
                help.Aliases.Remove(alias);
        }
        ValueRules.Apply(root);
        return root;
    }

    /// <summary>Runs the tool.</summary>
    /// <returns>The exit code: one of <see cref="ExitCodes"/>.</returns>
    internal static async Task<int> RunAsync(string[] arguments, ToolEnvironment environment, CancellationToken cancellationToken = default)
    {
        var root = CreateRoot(environment);
        // No response files: an argument that begins with @ is a text like any other.
        var parsed = root.Parse(arguments is [] ? ["--help"] : arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var isDirective = arguments is [['[', ..], ..];
        if (parsed.Errors.Count > 0 && !isDirective)
            return ReportUsage(parsed, arguments, environment);

        // On SIGTERM a server closes its sessions within Live:DrainTime; the default two seconds of the command line would cut that short.
        var terminationTimeout = arguments switch
        {
            ["serve", ..] => TimeSpan.FromMinutes(11),
            // A command that the emulator runs gets ten seconds to end.
            ["emulator", ..] => TimeSpan.FromSeconds(15),
            // The sessions are closed, and the report is printed.
            ["load", ..] => TimeSpan.FromSeconds(15),
            _ => TimeSpan.FromSeconds(2),
        };
        return await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = environment.Output,
                Error = environment.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = terminationTimeout,
            },
            cancellationToken);
    }

    private static int ReportUsage(ParseResult parsed, string[] arguments, ToolEnvironment environment)
    {
        var path = "";
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult { Parent: not null } command; result = command.Parent)
            path = $" {command.Command.Name}{path}";
        var errors = string.Join(" ", parsed.Errors.Select(static error => error.Message).Distinct());
        Report.Create(environment, arguments.Contains(CommandRunner.Json)).Error($"{errors} Try: {ToolName.Current}{path} --help", cause: null);
        return ExitCodes.Usage;
    }
}
