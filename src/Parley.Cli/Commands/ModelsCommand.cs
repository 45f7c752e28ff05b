using System.CommandLine;
using Parley.Cli.Output;

namespace Parley.Cli.Commands;

/// <summary>
/// <c>parley models</c>: the models of a server; with a further word, the model files of the local engines (<see cref="ModelFiles"/>).
/// </summary>
internal static class ModelsCommand
{
    internal static Command Create(ToolEnvironment environment)
    {
        var server = new ServerOptions(environment);
        var command = new Command("models", "List the models of a server; get, list and remove model files for better speech and chat")
        {
            ModelFiles.Available(environment),
            ModelFiles.Get(environment),
            ModelFiles.List(environment),
            ModelFiles.Remove(environment),
            ModelFiles.PathOf(environment),
        };
        server.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var models = await server.CreateClient(parsed).ListModelsAsync(cancellationToken);
            report.Table(
                "model", ["MODEL", "DESCRIPTION"],
                [
                    .. models.Select(static model => new TableRow(
                        [model.Name, model.Description],
                        ("name", model.Name), ("displayName", model.DisplayName), ("description", model.Description))),
                ],
                "The server has no models for live sessions.");
            return ExitCodes.Success;
        });
        return command;
    }
}
