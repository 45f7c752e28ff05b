using System.CommandLine;

namespace Parley.Cli.Commands;

/// <summary><c>parley help [COMMAND]</c>: the same as <c>--help</c>; <c>parley help exit-codes</c> lists the exit codes.</summary>
internal static class HelpCommand
{
    internal const string ExitCodesTopic = "exit-codes";

    private const string ExitCodesText = """
        Exit codes of all commands:

          0  Success.
          1  Failure: network, fault of the server, missing file, no answer in time, incomplete answer.
          2  The command line or the configuration is wrong.
          3  The server refused the key, the model, the setup or a message, or a quota is used up. The same command will fail again.

        Errors go to standard error in one line. With --json they are an object on standard output: {"type":"error","message":…,"cause":…}.
        """;

    internal static Command Create(ToolEnvironment environment)
    {
        var topic = new Argument<string[]>("command")
        {
            Description = $"A command, or {ExitCodesTopic}",
            HelpName = "COMMAND",
            Arity = ArgumentArity.ZeroOrMore,
        };
        topic.CompletionSources.Add(context => context.ParseResult.RootCommandResult.Command.Subcommands.Select(
            static command => new System.CommandLine.Completions.CompletionItem(command.Name)).Append(new(ExitCodesTopic)));
        var command = new Command("help", "Show the help of a command, or the exit codes") { topic };
        command.Validators.Add(result =>
        {
            if (result.GetValue(topic) is { } words && words is not [ExitCodesTopic] && Find(Root(result), words) is null)
                result.AddError($"There is no command '{string.Join(' ', words)}'.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(topic) is not [ExitCodesTopic])
            {
                var help = Root(parsed.CommandResult).Parse([.. parsed.GetValue(topic) ?? [], "--help"]);
                return await help.InvokeAsync(parsed.InvocationConfiguration, cancellationToken);
            }
            await environment.Output.WriteLineAsync(ExitCodesText);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Root(System.CommandLine.Parsing.CommandResult result)
    {
        while (result.Parent is System.CommandLine.Parsing.CommandResult parent)
            result = parent;
        return result.Command;
    }

    private static Command? Find(Command command, IEnumerable<string> words)
    {
        foreach (var word in words)
        {
            if (command.Subcommands.FirstOrDefault(known => known.Name == word) is not { } next)
                return null;
            command = next;
        }
        return command;
    }
}
