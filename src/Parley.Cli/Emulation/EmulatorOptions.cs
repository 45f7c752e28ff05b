using System.CommandLine;
using Parley.Cli.Commands;
using Parley.Cli.Output;
using Parley.Testing;

namespace Parley.Cli.Emulation;

/// <summary>The options of every command that starts an emulator.</summary>
internal sealed class EmulatorOptions
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    private readonly Option<string[]> _scenario = new("--scenario")
    {
        Description = "Scenario in YAML or JSON, or a folder of them; repeatable. With several, the key of each is its file name without extension. "
            + "Default: the server repeats what it hears",
        HelpName = "FILE",
    };
    private readonly Option<int?> _port = Ports.Option("--port", 0, "Port on loopback. Default: a free one");
    private readonly Option<string?> _key = new("--key") { Description = "API key of a single scenario. Default: test-key", HelpName = "KEY" };
    private readonly Option<bool> _tls = new("--tls")
    {
        Description = "Serve https: and wss:, for clients that open nothing else, such as the Python SDK. The CA is a file that is deleted at the end",
    };
    private readonly Option<bool> _virtualTime = new("--virtual-time") { Description = "Time stands still until the control API advances it" };

    private readonly Option<string[]> _quirk = Named("--quirk", "Quirk that every server has; repeatable. parley emulator quirks lists them", static () => Quirk.All.Select(static quirk => quirk.Name));
    private readonly Option<int?> _quirkMix = new("--quirk-mix") { Description = "Seed of a random choice of quirks, in place of those of the scenario", HelpName = "SEED" };
    private readonly Option<string[]> _defect = Named(
        "--defect", "Way in which every server breaks the protocol on purpose; repeatable. parley emulator defects lists them. Without a scenario the server answers what parley conform asks for",
        static () => ServerDefect.All.Select(static defect => defect.Name));

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_scenario, _port, _key, _tls, _virtualTime, _quirk, _quirkMix, _defect])
            command.Options.Add(option);
    }

    /// <summary>Starts the emulator.</summary>
    /// <exception cref="CommandException">A file has errors, or the port is in use.</exception>
    internal async Task<LiveEmulator> StartAsync(ParseResult parsed, IReport report, CancellationToken cancellationToken)
    {
        var files = Expand(parsed.GetValue(_scenario) ?? []).Select(path => Load(path, report)).ToList();
        if (parsed.GetValue(_key) is not null && files.Count > 1)
            throw new CommandException("--key is for a single scenario. With several, the key of each is its file name.", ExitCodes.Usage);
        var (quirks, mix) = (parsed.GetValue(_quirk)!.Select(Quirk.Parse).ToList(), parsed.GetValue(_quirkMix));
        try
        {
            return await LiveEmulator.StartAsync(
                options =>
                {
                    foreach (var file in files)
                        options.Scenarios.Add(file);
                    options.Port = parsed.GetValue(_port) ?? 0;
                    options.ApiKey = parsed.GetValue(_key) ?? options.ApiKey;
                    options.Tls = parsed.GetValue(_tls);
                    options.VirtualTime = parsed.GetValue(_virtualTime);
                    options.ConfigureQuirks = set =>
                    {
                        if (mix is { } seed)
                            set.Mix(seed);
                        set.Enable(quirks);
                    };
                    foreach (var name in parsed.GetValue(_defect)!)
                        options.Defects.Add(ServerDefect.Parse(name));
                },
                cancellationToken);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new CommandException($"Port {parsed.GetValue(_port)} cannot be used: {e.Message}. Give another --port, or none for a free one.", ExitCodes.Usage);
        }
        catch (ArgumentException e)
        {
            throw new CommandException(e.Message, ExitCodes.Usage);
        }
    }

    /// <summary>The files that paths stand for: a folder stands for the scenarios in it.</summary>
    /// <exception cref="CommandException">A path does not exist, or a folder has none.</exception>
    internal static IEnumerable<string> Expand(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (!Directory.Exists(path))
            {
                if (!File.Exists(path))
                    throw new CommandException($"{path} does not exist. Give a scenario in YAML or JSON, or a folder of them.", ExitCodes.Usage);
                yield return path;
                continue;
            }
            var files = Directory.EnumerateFiles(path).Where(static file => Extensions.Contains(Path.GetExtension(file))).Order(StringComparer.Ordinal).ToList();
            if (files.Count == 0)
                throw new CommandException($"The folder {path} has no scenario: no file that ends in {string.Join(", ", Extensions)}.", ExitCodes.Usage);
            foreach (var file in files)
                yield return file;
        }
    }

    /// <summary>Reports problems of files, each with its place.</summary>
    internal static void Report(IReport report, IReadOnlyList<ScenarioProblem> problems) => report.Table(
        "problem", [],
        [
            .. problems.Select(static problem => new TableRow(
                [problem.ToString()],
                ("file", problem.File), ("line", problem.Line), ("column", problem.Column),
                ("severity", problem.IsWarning ? "warning" : "error"), ("message", problem.Message))),
        ],
        "No problems.");

    // The names are asked for when they are needed: every command of the tool creates these options.
    private static Option<string[]> Named(string name, string description, Func<IEnumerable<string>> known)
    {
        var option = new Option<string[]>(name) { Description = description, HelpName = "NAME", DefaultValueFactory = static _ => [] };
        option.CompletionSources.Add(_ => known());
        option.Validators.Add(result =>
        {
            foreach (var value in result.Tokens.Select(static token => token.Value).Where(value => !known().Contains(value, StringComparer.Ordinal)))
                result.AddError($"{name} must be one of {string.Join(", ", known())}, not '{value}'.");
        });
        return option;
    }

    private static ScenarioFile Load(string path, IReport report)
    {
        try
        {
            var file = ScenarioFile.Load(path);
            foreach (var warning in file.Warnings)
                report.Note(warning.ToString());
            return file;
        }
        catch (ScenarioFileException e)
        {
            Report(report, e.Problems);
            throw new CommandException($"{path} has {e.Problems.Count(static problem => !problem.IsWarning)} error(s). Nothing was started.", ExitCodes.Usage);
        }
        catch (Exception e) when (Files.IsFileError(e))
        {
            throw new CommandException($"{path} cannot be read: {e.Message}", ExitCodes.Failure);
        }
    }
}
