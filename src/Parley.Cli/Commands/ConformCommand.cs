using System.CommandLine;
using Parley.Cli.Contexts;
using Parley.Cli.Output;
using Parley.Testing;

namespace Parley.Cli.Commands;

/// <summary><c>parley conform URL</c>: checks a server of anyone's against the protocol.</summary>
internal sealed class ConformCommand
{
    private readonly ToolEnvironment _environment;
    private readonly CommandArgument _subject = new("URL of a server; with --client the command of a client, after --", "target", isRequired: false);
    private readonly Option<string?> _key = new("--key")
    {
        Description = $"API key. Default: ${ServerOptions.KeyVariable}, else the key that login stored for the server, else the development key on this machine",
        HelpName = "KEY",
    };
    private readonly Option<string> _profile = new("--profile")
    {
        Description = "What the server is checked against: developer, strict (refuses all that the public service refuses) or vertex",
        HelpName = "NAME",
        DefaultValueFactory = static _ => "developer",
    };
    private readonly Option<string?> _model = new("--model") { Description = $"Model of the sessions. Default: {new ConformanceOptions().Model}", HelpName = "NAME" };
    private readonly Option<string?> _version = new("--api-version") { Description = $"API version in the URL path. Default: {new ConformanceOptions().ApiVersion}", HelpName = "VERSION" };
    private readonly Option<string[]> _only = new("--only") { Description = "Run only these checks or areas", HelpName = "ID", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _except = new("--except") { Description = "Leave out these checks or areas", HelpName = "ID", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _format = new("--format")
    {
        Description = "Form of the report: text, json, junit or markdown",
        HelpName = "FORMAT",
        DefaultValueFactory = static _ => "text",
    };
    private readonly Option<OutputFile?> _out = Files.Output("--out", "Write the report to this file and print the score only");
    private readonly Option<InputFile?> _speech = Files.Input("--speech", "Say this WAV file (any rate) instead of a recorded question");
    private readonly Option<int?> _parallel = Numbers.Option("--parallel", 1, $"Checks at the same time. Default: {new ConformanceOptions().Parallelism}");
    private readonly Option<TimeSpan?> _timeout = Durations.Option("--timeout", "Longest wait for an answer. Default: 10s");
    private readonly Option<bool> _client = new("--client") { Description = "Check a client: run its command once for each case, against a scripted server" };
    private readonly Option<bool> _list = new("--list") { Description = "Print the checks instead of running them" };

    private ConformCommand(ToolEnvironment environment) => _environment = environment;

    internal static Command Create(ToolEnvironment environment) => new ConformCommand(environment).Create();

    private Command Create()
    {
        _profile.AcceptOnlyFromAmong("developer", "strict", "vertex");
        _format.AcceptOnlyFromAmong("text", "json", "junit", "markdown");
        var command = new Command("conform", "Check a server, or a client, against the protocol")
        {
            _subject, _key, _profile, _model, _version, _only, _except, _format, _out, _speech, _parallel, _timeout, _client, _list,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(_list))
                return;
            var subject = result.GetValue(_subject) ?? [];
            if (subject.Length == 0)
                result.AddError(result.GetValue(_client) ? "Nothing to check. Give the command of a client after --." : "Nothing to check. Give the URL of a server.");
            else if (!result.GetValue(_client) && Array.Find(subject, ValueRules.IsOption) is { } option)
                result.AddError($"'{option}' is not an option of this command.");
            else if (!result.GetValue(_client) && (subject.Length > 1 || !ServerOptions.TryParse(subject[0], out _)))
                result.AddError(ServerOptions.NotAUrl("The server", subject.Length > 1 ? string.Join(' ', subject) : subject[0]));
        });
        command.SetBody(_environment, RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, IReport report, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_list))
            return List(parsed, parsed.GetValue(_client) ? LiveConformance.ClientChecks : LiveConformance.Checks, report);
        var options = await OptionsAsync(parsed, cancellationToken);
        ConformanceReport result;
        try
        {
            result = parsed.GetValue(_client)
                ? await LiveConformance.RunClientAsync(parsed.GetValue(_subject)!, options, progress: null, cancellationToken)
                : await LiveConformance.RunAsync(Target(parsed), options, progress: null, cancellationToken);
        }
        catch (ConformanceException e)
        {
            throw new CommandException(e.Message, ExitCodes.Failure);
        }
        catch (ArgumentException e) when (e.ParamName == "options")
        {
            throw new CommandException(e.Message.Split(" (Parameter")[0], ExitCodes.Usage);
        }
        Write(parsed, report, result);
        return result.IsConformant ? ExitCodes.Success : ExitCodes.Failure;
    }

    private async Task<ConformanceOptions> OptionsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new ConformanceOptions { Profile = Enum.Parse<ConformanceProfile>(parsed.GetValue(_profile)!, ignoreCase: true) };
        if (parsed.GetValue(_model) is { Length: > 0 } model)
            options.Model = model.Contains('/', StringComparison.Ordinal) ? model : $"models/{model}";
        options.ApiVersion = parsed.GetValue(_version) ?? options.ApiVersion;
        options.Parallelism = parsed.GetValue(_parallel) ?? options.Parallelism;
        options.Timeout = parsed.GetValue(_timeout) ?? options.Timeout;
        foreach (var name in parsed.GetValue(_only) ?? [])
            options.Only.Add(name);
        foreach (var name in parsed.GetValue(_except) ?? [])
            options.Except.Add(name);
        if (parsed.GetValue(_speech) is { } speech)
            options.Speech = await speech.ReadWavAsync(_environment, cancellationToken);
        return options;
    }

    private ConformanceTarget Target(ParseResult parsed)
    {
        _ = ServerOptions.TryParse(parsed.GetValue(_subject)![0], out var url);
        return new ConformanceTarget(url, parsed.GetValue(_key) ?? ServerOptions.StoredKey(_environment, new ContextStore(_environment), url));
    }

    private void Write(ParseResult parsed, IReport report, ConformanceReport result)
    {
        var format = Enum.Parse<ConformanceFormat>(parsed.GetValue(_format)!, ignoreCase: true);
        if (parsed.GetValue(_out) is { } file)
        {
            using var writer = new StreamWriter(file.Create());
            result.Write(writer, format);
        }
        else if (!parsed.GetValue<bool>(CommandRunner.Json))
        {
            result.Write(_environment.Output, format);
            return;
        }
        foreach (var failure in result.Failures)
        {
            report.Fact(
                "failure", $"{failure.Check.Id}: {failure.Message}",
                ("id", failure.Check.Id), ("description", failure.Check.Description), ("severity", failure.Check.Severity.ToString().ToLowerInvariant()), ("message", failure.Message),
                ("frames", failure.Frames), ("source", failure.Check.Source.AbsoluteUri));
        }
        var total = result.Total;
        report.Fact(
            "conformance", $"{result.Target}: {total.Passed} passed, {total.Failed} failed, {total.Skipped} skipped",
            ("target", result.Target), ("conformant", result.IsConformant), ("passed", total.Passed), ("failed", total.Failed), ("skipped", total.Skipped), ("percent", total.Percent));
    }

    private int List(ParseResult parsed, IReadOnlyList<ConformanceCheck> checks, IReport report)
    {
        if (parsed.GetValue(_format) == "markdown")
        {
            _environment.Output.WriteLine("| check | requirement | severity | section |");
            _environment.Output.WriteLine("|---|---|---|---|");
            foreach (var check in checks)
                _environment.Output.WriteLine($"| `{check.Id}` | {check.Description} | {check.Severity.ToString().ToLowerInvariant()} | [{check.Section}](protocol.md{check.Source.Fragment}) |");
            return ExitCodes.Success;
        }
        report.Table(
            "check", ["id", "severity", "section", "requirement"],
            [.. checks.Select(static check => new TableRow(
                [check.Id, check.Severity.ToString().ToLowerInvariant(), check.Section, check.Description],
                ("id", check.Id), ("area", check.Area), ("severity", check.Severity.ToString().ToLowerInvariant()), ("section", check.Section), ("description", check.Description), ("source", check.Source.AbsoluteUri)))],
            "There are no checks.");
        return ExitCodes.Success;
    }
}
