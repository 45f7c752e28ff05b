using System.CommandLine;
using Parley.Cli.Contexts;
using Parley.Cli.Output;

namespace Parley.Cli.Commands;

/// <summary><c>parley context</c>: the servers that <c>parley login</c> stored.</summary>
internal static class ContextCommand
{
    internal static Command Create(ToolEnvironment environment) => new("context", "List, select and remove the servers that login stored")
    {
        List(environment),
        Use(environment),
        Remove(environment),
    };

    private static Command List(ToolEnvironment environment)
    {
        var command = new Command("list", "List the contexts, without their keys");
        command.SetBody(environment, (_, report, _) =>
        {
            var file = new ContextStore(environment).Load();
            report.Table(
                "context", ["CURRENT", "NAME", "SERVER"],
                [
                    .. file.Contexts.OrderBy(static context => context.Name, StringComparer.Ordinal).Select(context => new TableRow(
                        [context.Name == file.Current ? "*" : "", context.Name, context.Url],
                        ("name", context.Name), ("url", context.Url), ("current", context.Name == file.Current))),
                ],
                $"No contexts yet. Add one with: {ToolName.Current} login");
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }

    private static Command Use(ToolEnvironment environment)
    {
        var name = Name();
        var command = new Command("use", "Use a context from now on") { name };
        command.SetBody(environment, (parsed, report, _) =>
        {
            var store = new ContextStore(environment);
            store.Use(parsed.GetValue(name)!);
            var context = store.Find(parsed.GetValue(name)!);
            report.Fact("current", $"The current context is {context.Name}, {context.Url}", ("name", context.Name), ("url", context.Url));
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }

    private static Command Remove(ToolEnvironment environment)
    {
        var name = Name();
        var command = new Command("remove", "Remove a context and its key") { name };
        command.SetBody(environment, (parsed, report, _) =>
        {
            new ContextStore(environment).Remove(parsed.GetValue(name)!);
            report.Fact("removed", $"{parsed.GetValue(name)} is removed", ("name", parsed.GetValue(name)));
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }

    private static Argument<string> Name() => new("name") { Description = "Name of the context, as parley context list prints it", HelpName = "NAME" };
}
