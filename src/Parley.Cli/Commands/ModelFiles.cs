using System.CommandLine;
using System.CommandLine.Completions;
using Parley.Cli.Output;
using Parley.Speech;
using Parley.Speech.Models;

namespace Parley.Cli.Commands;

/// <summary><c>parley models available|get|list|remove|path</c>: the model files of the local engines, in the folder of the user.</summary>
internal static class ModelFiles
{
    private const string SourceVariable = "PARLEY_MODELS_FROM", CatalogVariable = "PARLEY_MODELS_CATALOG";

    /// <summary>The store of <c>PARLEY_MODELS</c>, else of the user's data folder, with the models of one's own catalogue.</summary>
    /// <exception cref="CommandException">The catalogue cannot be read.</exception>
    internal static ModelStore Store(ToolEnvironment environment)
    {
        var folder = environment.Variable(ModelStore.FolderVariable) ?? ModelStore.DefaultFolder;
        if (environment.Variable(CatalogVariable) is not { } path)
            return new(folder);
        try
        {
            using var file = File.OpenRead(path);
            return new(folder, ModelCatalog.Read(file, ModelCatalog.Default));
        }
        catch (Exception e) when (Files.IsFileError(e) || e is InvalidDataException)
        {
            throw new CommandException($"{CatalogVariable}: {path}: {e.Message}", ExitCodes.Usage);
        }
    }

    internal static Command Available(ToolEnvironment environment)
    {
        var text = new Argument<string?>("text")
        {
            Description = "Only models with this in their name, kind, engine, language or licence, such as STT, piper or de",
            HelpName = "TEXT",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("available", "List the models that can be downloaded, with size, languages and licence") { text };
        command.SetBody(environment, (parsed, report, _) =>
        {
            var store = Store(environment);
            var installed = store.Installed.Select(static model => model.Name).ToHashSet();
            var models = store.Catalog.Models.Where(model => parsed.GetValue(text) is not { } wanted || Matches(model, wanted)).ToList();
            report.Table(
                "model", ["NAME", "KIND", "SIZE", "LANGUAGES", "LICENCE", ""],
                [
                    .. models.Select(model => new TableRow(
                        [
                            model.Name, model.Kind, Size(model.Bytes), string.Join(' ', model.Languages), model.License,
                            installed.Contains(model.Name) ? "installed" : model.Note,
                        ],
                        ("name", model.Name), ("aliases", model.Aliases), ("title", model.Title), ("engine", model.Engine),
                        ("bytes", model.Bytes), ("languages", model.Languages), ("license", model.License),
                        ("licenseAddress", model.LicenseAddress), ("note", model.Note), ("installed", installed.Contains(model.Name)))),
                ],
                $"No model has \"{parsed.GetValue(text)}\" in its name, kind, engine, language or licence. "
                + $"All: {ToolName.Current} models available");
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }

    internal static Command Get(ToolEnvironment environment)
    {
        var names = Names("Models of the catalogue");
        names.CompletionSources.Add(_ => ModelCatalog.Default.Models.Select(static model => new CompletionItem(model.Name)));
        var from = new Option<string?>("--from")
        {
            Description =
                $"A file, a folder or a mirror instead of the publisher's address. Default: ${SourceVariable}, else the publisher",
            HelpName = "SOURCE",
        };
        var command = new Command("get", "Download models, or verify those that are installed") { names, from };
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var store = Store(environment);
            var models = parsed.GetValue(names)!.Select(name => Known(store, name)).Distinct().ToList();
            await GuardAsync(async () =>
            {
                var source = ModelSource.Parse(parsed.GetValue(from) ?? environment.Variable(SourceVariable));
                using var http = new ModelHttp();
                var installer = new ModelInstaller(store, http, new ModelDisk(), environment.TimeProvider);
                foreach (var model in models)
                    await GetAsync(installer, model, source, report, cancellationToken);
            });
            var options = models.Select(static model => ServeOption(model.Engine) is { } option ? $" {option} {model.Name}" : "");
            if (string.Concat(options) is { Length: > 0 } use)
                report.Fact("try", $"Use it: {ToolName.Current} serve{use}", ("command", $"{ToolName.Current} serve{use}"));
            return ExitCodes.Success;
        });
        return command;
    }

    internal static Command List(ToolEnvironment environment)
    {
        var verify = new Option<bool>("--verify") { Description = "Compare the files with the checksums of their installation" };
        var command = new Command("list", "List the models that are installed") { verify };
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var store = Store(environment);
            using var http = new ModelHttp();
            var installer = new ModelInstaller(store, http, new ModelDisk(), environment.TimeProvider);
            var rows = new List<TableRow>();
            var broken = new List<string>();
            foreach (var model in store.Installed)
            {
                var changed = parsed.GetValue(verify) ? await installer.VerifyAsync(model.Name, cancellationToken) : [];
                if (changed.Count > 0)
                    broken.Add(model.Name);
                var state = !parsed.GetValue(verify) ? null : changed.Count > 0 ? $"changed: {string.Join(", ", changed)}" : "verified";
                rows.Add(new(
                    [model.Name, ModelEngines.KindOf(model.Engine), Size(model.Bytes), model.Path, state ?? ""],
                    ("name", model.Name), ("engine", model.Engine), ("bytes", model.Bytes), ("path", model.Path), ("state", state)));
            }
            report.Table(
                "model", ["NAME", "KIND", "SIZE", "FILE", ""], rows,
                $"No model is installed in {store.Folder}. All there are: {ToolName.Current} models available");
            foreach (var (name, bytes) in store.Unfinished)
                report.Note($"{name} is not complete: {Size(bytes)} are there. Go on: {ToolName.Current} models get {name}");
            return broken.Count == 0 ? ExitCodes.Success : throw new CommandException(
                $"Files of {string.Join(", ", broken)} have changed since their installation. "
                + $"Repair them: {ToolName.Current} models get {string.Join(' ', broken)}",
                ExitCodes.Failure);
        });
        return command;
    }

    internal static Command Remove(ToolEnvironment environment)
    {
        var names = Names("Installed models");
        names.CompletionSources.Add(_ => Store(environment).Installed.Select(static model => new CompletionItem(model.Name)));
        var command = new Command("remove", "Delete models, also what has arrived of them") { names };
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var store = Store(environment);
            var wanted = parsed.GetValue(names)!
                .Select(name => store.Catalog.Find(name)?.Name ?? (ModelCatalog.IsSafeName(name) ? name : throw NotAName(name)))
                .Distinct().ToList();
            using var http = new ModelHttp();
            var installer = new ModelInstaller(store, http, new ModelDisk(), environment.TimeProvider);
            await GuardAsync(async () =>
            {
                foreach (var name in wanted)
                {
                    var bytes = await installer.RemoveAsync(name, () => report.Note(Waiting(name)), cancellationToken)
                        ?? throw new CommandException(
                            $"Model {name} is not installed. Installed: {ToolName.Current} models list", ExitCodes.Failure);
                    report.Fact("removed", $"{name} removed; {Size(bytes)} are free again", ("name", name), ("bytes", bytes));
                }
            });
            return ExitCodes.Success;
        });
        return command;
    }

    internal static Command PathOf(ToolEnvironment environment)
    {
        var one = new Argument<string?>("name")
        {
            Description = "An installed model. Default: the folder of all",
            HelpName = "NAME",
            Arity = ArgumentArity.ZeroOrOne,
        };
        one.CompletionSources.Add(_ => Store(environment).Installed.Select(static model => new CompletionItem(model.Name)));
        var command = new Command("path", "Print the folder of the models, or the file of one") { one };
        command.SetBody(environment, (parsed, report, _) =>
        {
            var store = Store(environment);
            var path = parsed.GetValue(one) is { } name ? Installed(store, name).Path : store.Folder;
            report.Fact("path", path, ("path", path));
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }

    /// <summary>The option of <c>parley serve</c> that takes models of an engine; null if none does.</summary>
    internal static string? ServeOption(string engine) => engine switch
    {
        ModelEngines.Whisper => "--stt",
        ModelEngines.Piper or ModelEngines.Kokoro => "--tts",
        ModelEngines.Gguf => "--llm",
        _ => null,
    };

    private static async Task GetAsync(
        ModelInstaller installer, CatalogModel model, ModelSource source, IReport report, CancellationToken cancellationToken)
    {
        var last = default(TransferProgress);
        if (model.LicenseAddress is { } terms)
            report.Note($"Licence of {model.Name}: {model.License}. {terms}");
        try
        {
            InstalledModel? installed = null;
            await report.TransferAsync(model.Name, async progress => installed = await installer.InstallAsync(
                model, source, step => progress(last = step), () => report.Note(Waiting(model.Name)), cancellationToken));
            report.Fact(
                "installed", $"{model.Name}  {Size(installed!.Bytes)}  {installed.Path}",
                ("name", model.Name), ("engine", model.Engine), ("bytes", installed.Bytes), ("path", installed.Path));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            report.Note(last.Bytes == 0
                ? $"{model.Name} is not installed."
                : $"{model.Name} is not complete: {Size(last.Bytes)} of {last.File} are kept. The same command continues there.");
            throw;
        }
    }

    private static Argument<string[]> Names(string description) =>
        new("name") { Description = description, HelpName = "NAME", Arity = ArgumentArity.OneOrMore };

    private static CatalogModel Known(ModelStore store, string name) =>
        store.Catalog.Find(name) ?? throw new CommandException(store.Unknown(name, engine: null), ExitCodes.Usage);

    private static InstalledModel Installed(ModelStore store, string name) =>
        store.Find(store.Catalog.Find(name)?.Name ?? name) ?? throw new CommandException(
            store.Catalog.Find(name) is { } known
                ? $"Model {known.Name} is not installed. Install it: {ToolName.Current} models get {known.Name}"
                : store.Unknown(name, engine: null),
            ExitCodes.Failure);

    private static CommandException NotAName(string name) =>
        new($"\"{name}\" is not a name of a model. Installed: {ToolName.Current} models list", ExitCodes.Usage);

    private static async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (ModelException e)
        {
            throw new CommandException(e.Message, ExitCodes.Failure);
        }
    }

    // Two letters are a language: a part of a name they would be everywhere.
    private static bool Matches(CatalogModel model, string text) => text.Length == 2
        ? model.Languages.Any(language => language == "multi" || language.StartsWith(text, StringComparison.OrdinalIgnoreCase))
        : model.Aliases.Concat([model.Name, model.Kind, model.Engine, model.License, model.Title])
            .Any(value => value.Contains(text, StringComparison.OrdinalIgnoreCase));

    private static string Waiting(string name) => $"Another parley is installing {name}; waiting for it.";

    private static string Size(long bytes) => FileDownload.Megabytes(bytes);
}
