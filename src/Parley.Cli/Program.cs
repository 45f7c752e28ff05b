using System.CommandLine;
using System.CommandLine.Parsing;
using Parley.Cli;
using Parley.Cli.Commands;

var root = new RootCommand("Serve, call, test and inspect the Gemini Live API.")
{
    ServeCommand.Create(),
    AskCommand.Create(),
    SendCommand.Create(),
    TalkCommand.Create(),
    PlayCommand.Create(),
    DoctorCommand.Create(),
    ModelsCommand.Create(),
    TokenCommand.Create(),
    KeysCommand.Create(),
    DemoCommand.Create(),
};
var parsed = root.Parse(args is [] ? ["--help"] : args);
if (parsed.Errors.Count > 0)
    return ReportUsage(parsed);

// On SIGTERM a server closes its sessions within Live:DrainTime; the default two seconds of the command line would cut that short.
var terminationTimeout = args is ["serve", ..] ? TimeSpan.FromMinutes(11) : TimeSpan.FromSeconds(2);
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = terminationTimeout });

static int ReportUsage(ParseResult parsed)
{
    foreach (var error in parsed.Errors)
        Console.Error.WriteLine(error.Message);
    var path = "";
    for (SymbolResult? result = parsed.CommandResult; result is CommandResult { Parent: not null } command; result = command.Parent)
        path = $" {command.Command.Name}{path}";
    Console.Error.WriteLine($"Try: {ToolName.Current}{path} --help");
    return ExitCodes.Usage;
}
