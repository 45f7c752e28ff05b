using System.CommandLine;
using Parley.Cli.Commands;

var root = new RootCommand("The Gemini Live API from the command line: serve it, talk to it, look inside it.")
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
var parsed = root.Parse(args);
// A server that is told to stop says goodbye first (Live:DrainTime); the two seconds of the command line would cut it off.
var patience = args is ["serve", ..] ? TimeSpan.FromMinutes(11) : TimeSpan.FromSeconds(2);
return parsed.Errors.Count > 0 ? Usage() : await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = patience });

int Usage()
{
    foreach (var error in parsed.Errors)
        Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("Try: parley --help");
    return Parley.Cli.ExitCodes.Usage;
}
