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
    DemoCommand.Create(),
};
var parsed = root.Parse(args);
return parsed.Errors.Count > 0 ? Usage() : await parsed.InvokeAsync();

int Usage()
{
    foreach (var error in parsed.Errors)
        Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("Try: parley --help");
    return Parley.Cli.ExitCodes.Usage;
}
