using System.CommandLine;

namespace Parley.Cli.Commands;

/// <summary><c>parley models</c>: the models of a server.</summary>
internal static class ModelsCommand
{
    internal static Command Create()
    {
        var server = new ServerOptions();
        var command = new Command("models", "List the models that a Live session can use");
        server.AddTo(command);
        command.SetBody(async (parsed, report, cancellationToken) =>
        {
            foreach (var model in await server.CreateClient(parsed).ListModelsAsync(cancellationToken))
            {
                report.Fact(
                    "model", $"{model.Name,-60} {model.Description}".TrimEnd(), ("name", model.Name), ("displayName", model.DisplayName),
                    ("description", model.Description));
            }
            return ExitCodes.Success;
        });
        return command;
    }
}
