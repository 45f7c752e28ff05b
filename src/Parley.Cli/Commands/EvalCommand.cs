using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Parley.Cli.Contexts;
using Parley.Cli.Evaluating;
using Parley.Cli.Hosting;
using Parley.Cli.Output;
using Parley.Client;
using Parley.Speech;
using Parley.Testing;

namespace Parley.Cli.Commands;

/// <summary><c>parley eval URL</c>: calls a server as people do, and measures how it takes turns.</summary>
internal sealed class EvalCommand
{
    private const string DefaultVersion = "v1beta";

    private readonly ToolEnvironment _environment;
    private readonly Argument<string?> _url = new("server")
    {
        Description = "URL of a server",
        HelpName = "URL",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<InputFile?> _script = Files.Input("--script", "File with the calls, in YAML or JSON. Default: ten calls in English");
    private readonly Option<string?> _from = new("--from")
    {
        Description = "Measure this recording instead: a WAV file of two channels, or a folder of --out",
        HelpName = "PATH",
    };
    private readonly Option<string?> _out = Files.Folder("--out", "Write the report, and the recording and a picture of each call, to this folder");
    private readonly Option<string[]> _require = new("--require")
    {
        Description = "Fail if a measure is certainly beyond a limit, such as response-rate>=0.95 or response-latency.p90<=2; repeatable",
        HelpName = "REQUIREMENT",
    };
    private readonly Option<string[]> _only = new("--only")
    {
        Description = "Make only the calls of these names",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<int?> _repeat = Numbers.Option("--repeat", 1, "How often each call is made, up to 1000. Default: 1", 1_000);
    private readonly Option<int?> _parallel = Numbers.Option("--parallel", 1, "Calls at the same time, up to 100. Default: 1", 100);
    private readonly Option<TimeSpan?> _timeout = Durations.Option("--timeout", "Longest wait for the beginning of an answer. Default: 10s");
    private readonly Option<string?> _tts = new("--tts") { Description = "Speech synthesis of the caller: as for serve. Default: auto", HelpName = "ENGINE" };
    private readonly Option<string> _model = new("--model")
    {
        Description = "Model of the sessions",
        HelpName = "NAME",
        DefaultValueFactory = static _ => SetupOptions.DefaultModel,
    };
    private readonly Option<string?> _instruction = new("--instruction") { Description = "System instruction of the sessions", HelpName = "TEXT" };
    private readonly Option<string?> _key = new("--key")
    {
        Description = $"API key. Default: ${ServerOptions.KeyVariable}, else the key that login stored for the server, else the development key on this machine",
        HelpName = "KEY",
    };
    private readonly Option<string?> _version = new("--api-version") { Description = $"API version in the URL path. Default: {DefaultVersion}", HelpName = "VERSION" };
    private readonly Option<bool> _list = new("--list") { Description = "Print the calls instead of making them" };
    private readonly Option<bool> _schema = new("--schema") { Description = "Print the JSON Schema of --script" };

    private EvalCommand(ToolEnvironment environment) => _environment = environment;

    internal static Command Create(ToolEnvironment environment) => new EvalCommand(environment).Create();

    private Command Create()
    {
        var command = new Command("eval", "Call a server as people do, and measure how it takes turns")
        {
            _url, _script, _from, _out, _require, _only, _repeat, _parallel, _timeout, _tts, _model, _instruction, _key, _version, _list, _schema,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(_url) is { } url && !ServerOptions.TryParse(url, out _))
                result.AddError(ServerOptions.NotAUrl("The server", url));
            if (result.GetValue(_url) is null && result.GetValue(_from) is null && !result.GetValue(_list) && !result.GetValue(_schema))
                result.AddError("Nothing to evaluate. Give the URL of a server, or a recording with --from.");
            if (result.GetValue(_url) is not null && result.GetValue(_from) is not null)
                result.AddError("--from measures a recording, so no server is called. Give one of them.");
            foreach (var text in result.GetValue(_require) ?? [])
            {
                if (!TryParse(text, out _, out var problem))
                    result.AddError($"--require: {problem}");
            }
        });
        command.SetBody(_environment, RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, IReport report, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_schema))
        {
            _environment.Output.WriteLine(EvaluationSuite.Schema);
            return ExitCodes.Success;
        }
        try
        {
            if (parsed.GetValue(_from) is { } recordings)
                return Finish(parsed, LiveEvaluation.Measure(LiveEvaluation.Load(recordings)), report);
            var suite = await SuiteAsync(parsed, report, cancellationToken);
            return parsed.GetValue(_list) ? List(suite, report) : Finish(parsed, await CallAsync(parsed, suite, report, cancellationToken), report);
        }
        catch (EvaluationException e)
        {
            // A refusal of the server has an exit code of its own.
            throw e.InnerException is LiveException refused ? refused : new CommandException(e.Message, ExitCodes.Failure);
        }
    }

    private async Task<EvaluationReport> CallAsync(ParseResult parsed, EvaluationSuite suite, IReport report, CancellationToken cancellationToken)
    {
        var engines = new EngineChoice(new ModelStore(ModelStore.DefaultFolder)).SettingsOf(null, parsed.GetValue(_tts), null);
        using var voices = CallerVoices.Create(engines, _environment.TimeProvider);
        var url = new Uri(parsed.GetValue(_url)!);
        var key = parsed.GetValue(_key) ?? ServerOptions.StoredKey(_environment, new ContextStore(_environment), url)
            ?? throw new CommandException($"No API key for {url.Host}. Give one with --key.", ExitCodes.Usage);
        var options = new LiveEvaluationOptions
        {
            Suite = suite,
            Setup = new LiveSetup { Model = parsed.GetValue(_model), SystemInstruction = parsed.GetValue(_instruction) },
            Synthesize = voices.SpeakAsync,
            Repeat = parsed.GetValue(_repeat) ?? 1,
            Parallelism = parsed.GetValue(_parallel) ?? 1,
        };
        options.AnswerTimeout = parsed.GetValue(_timeout) ?? options.AnswerTimeout;
        var target = EvaluationTarget.Of(url, key, client =>
            (client.TimeProvider, client.Invoker, client.ApiVersion) = (_environment.TimeProvider, _environment.Invoker, parsed.GetValue(_version) ?? DefaultVersion));
        report.Fact("calling", $"calling {target.Name} with the voice of {voices.Name}", ("url", target.Name), ("voice", voices.Name), ("calls", suite.Calls.Count * options.Repeat));
        return await LiveEvaluation.RunAsync(target, options, new Progress(report, suite.Calls.Count * options.Repeat), cancellationToken);
    }

    private int Finish(ParseResult parsed, EvaluationReport result, IReport report)
    {
        List<EvaluationRequirement> requirements = [.. (parsed.GetValue(_require) ?? []).Select(EvaluationRequirement.Parse)];
        EvaluationSummary.Write(result, requirements, report);
        if (parsed.GetValue(_out) is { } folder)
        {
            try
            {
                result.Save(folder, requirements);
            }
            catch (Exception e) when (Files.IsFileError(e))
            {
                throw new CommandException($"--out: {folder} cannot be written: {e.Message}", ExitCodes.Failure);
            }
            report.Fact("report", $"report   {Path.Combine(folder, "report.md")}", ("folder", Path.GetFullPath(folder)));
        }
        if (EvaluationSummary.Problem(result, requirements) is not { } problem)
            return ExitCodes.Success;
        report.Error(problem, cause: null);
        return ExitCodes.Failure;
    }

    private async Task<EvaluationSuite> SuiteAsync(ParseResult parsed, IReport report, CancellationToken cancellationToken)
    {
        var suite = parsed.GetValue(_script) is { } file ? await ReadAsync(file, report, cancellationToken) : EvaluationSuite.Default;
        if (parsed.GetValue(_only) is not { Length: > 0 } names)
            return suite;
        if (Array.Find(names, name => suite.Calls.All(call => call.Name != name)) is { } unknown)
        {
            throw new CommandException(
                $"--only: there is no call '{unknown}'. There are {string.Join(", ", suite.Calls.Select(static call => call.Name))}.", ExitCodes.Usage);
        }
        return new EvaluationSuite([.. suite.Calls.Where(call => names.Contains(call.Name))]);
    }

    private async Task<EvaluationSuite> ReadAsync(InputFile file, IReport report, CancellationToken cancellationToken)
    {
        await using var stream = file.Open(_environment);
        using var reader = new StreamReader(stream);
        var (name, folder) = file.IsStandardInput ? ("script.yaml", null) : (file.Path, Path.GetDirectoryName(Path.GetFullPath(file.Path)));
        try
        {
            var suite = EvaluationSuite.Parse(await reader.ReadToEndAsync(cancellationToken), name, folder);
            foreach (var warning in suite.Warnings)
                report.Note(warning.ToString());
            return suite;
        }
        catch (ScenarioFileException e)
        {
            throw new CommandException(e.Message, ExitCodes.Usage);
        }
    }

    private static int List(EvaluationSuite suite, IReport report)
    {
        report.Table(
            "call", ["call", "steps"],
            [.. suite.Calls.Select(static call => new TableRow([call.Name, call.ToString()], ("name", call.Name), ("steps", call.ToString())))], "There are no calls.");
        return ExitCodes.Success;
    }

    private static bool TryParse(string text, [NotNullWhen(true)] out EvaluationRequirement? requirement, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            (requirement, problem) = (EvaluationRequirement.Parse(text), null);
            return true;
        }
        catch (FormatException e)
        {
            (requirement, problem) = (null, e.Message);
            return false;
        }
    }

    private sealed class Progress(IReport report, int calls) : IProgress<EvaluatedCall>
    {
        private readonly Lock _gate = new();
        private int _done;

        public void Report(EvaluatedCall value)
        {
            lock (_gate)
                EvaluationSummary.WriteCall(value, ++_done, calls, report);
        }
    }
}
