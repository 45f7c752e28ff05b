using System.CommandLine;
using System.Globalization;
using Parley.Cli.Calls;
using Parley.Cli.Contexts;
using Parley.Cli.Load;
using Parley.Cli.Output;

namespace Parley.Cli.Commands;

/// <summary><c>parley load URL</c>: many paced callers at once, to size a deployment.</summary>
internal sealed class LoadCommand
{
    private const int MaxSessions = 100_000;
    private const string DefaultVersion = "v1beta";

    private static readonly TimeSpan DefaultRamp = TimeSpan.FromSeconds(10), DefaultDuration = TimeSpan.FromSeconds(60);

    private readonly ToolEnvironment _environment;
    private readonly Argument<string> _url = new("server") { Description = "URL of a server", HelpName = "URL" };
    private readonly Option<int?> _sessions = Numbers.Option("--sessions", 1, "Sessions at the same time. Default: 10", MaxSessions);
    private readonly Option<string> _profile = new("--profile")
    {
        Description = "What callers do: talk (open microphone and questions), listen (typed requests for long answers) or mixed (half of each)",
        HelpName = "NAME",
        DefaultValueFactory = static _ => "talk",
    };
    private readonly Option<TimeSpan?> _ramp = Durations.Option("--ramp", "Time over which the sessions are opened. Default: 10s");
    private readonly Option<TimeSpan?> _duration = Durations.Option("--duration", "Time after the ramp. Default: 60s");
    private readonly Option<int?> _frame = Numbers.Option("--frame-ms", 10, "Milliseconds of audio in one message, 10 to 1000. Default: 40", 1_000);
    private readonly Option<InputFile?> _speech = Files.Input("--speech", "Say this WAV file (any rate) instead of a recorded question");
    private readonly Option<string> _model = new("--model") { Description = "Model of the sessions", HelpName = "NAME", DefaultValueFactory = static _ => SetupOptions.DefaultModel };
    private readonly Option<string?> _key = new("--key")
    {
        Description = $"API key. Default: ${ServerOptions.KeyVariable}, else the key that login stored for the server, else the development key on this machine",
        HelpName = "KEY",
    };
    private readonly Option<string?> _version = new("--api-version") { Description = $"API version in the URL path. Default: {DefaultVersion}", HelpName = "VERSION" };

    private LoadCommand(ToolEnvironment environment) => _environment = environment;

    internal static Command Create(ToolEnvironment environment) => new LoadCommand(environment).Create();

    private Command Create()
    {
        _profile.AcceptOnlyFromAmong("talk", "listen", "mixed");
        var command = new Command("load", "Open many sessions that talk or listen in real time, and measure the server")
        {
            _url, _sessions, _profile, _ramp, _duration, _frame, _speech, _model, _key, _version,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(_url) is { } url && !ServerOptions.TryParse(url, out _))
                result.AddError(ServerOptions.NotAUrl("The server", url));
        });
        command.SetBody(_environment, RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, IReport report, CancellationToken cancellationToken)
    {
        _ = ServerOptions.TryParse(parsed.GetValue(_url)!, out var url);
        var options = new LoadOptions
        {
            Address = AddressOf(url, parsed.GetValue(_version) ?? DefaultVersion),
            Key = parsed.GetValue(_key) ?? ServerOptions.StoredKey(_environment, new ContextStore(_environment), url),
            Model = parsed.GetValue(_model)!,
            Sessions = parsed.GetValue(_sessions) ?? 10,
            Profile = Enum.Parse<LoadProfile>(parsed.GetValue(_profile)!, ignoreCase: true),
            Ramp = parsed.GetValue(_ramp) ?? DefaultRamp,
            Duration = parsed.GetValue(_duration) ?? DefaultDuration,
            Frame = TimeSpan.FromMilliseconds(parsed.GetValue(_frame) ?? 40),
        };
        var question = parsed.GetValue(_speech) is { } file ? await file.ReadWavAsync(_environment, cancellationToken) : await SampleQuestion.ReadAsync();
        var script = LoadScript.Create(options.Model, SpokenInput.TrimTrailingSilence(question), options.Frame);
        using var own = _environment.Invoker is null ? new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = !url.IsLoopback }) : null;
        var run = new LoadRun(options, script, _environment.Invoker ?? own!, _environment.TimeProvider);

        var isJson = parsed.GetValue<bool>(CommandRunner.Json);
        var result = await run.RunAsync(elapsed => ReportProgress(run, elapsed, report, isJson), cancellationToken);
        LoadReport.Write(options, result, run.Statistics, report);
        if (LoadReport.Problem(options, result, run.Statistics) is not { } problem)
            return ExitCodes.Success;
        report.Error(problem, cause: null);
        return ExitCodes.Failure;
    }

    // A URL with a path of its own, such as that of a proxy, keeps it in front.
    private static Uri AddressOf(Uri url, string version) =>
        new UriBuilder(url) { Path = $"{url.AbsolutePath.TrimEnd('/')}/ws/google.ai.generativelanguage.{version}.GenerativeService.BidiGenerateContent" }.Uri;

    private static void ReportProgress(LoadRun run, TimeSpan elapsed, IReport report, bool isJson)
    {
        var s = run.Statistics;
        if (isJson)
        {
            report.Fact(
                "progress", "",
                ("seconds", Math.Round(elapsed.TotalSeconds, 1)), ("opened", s.Opened), ("active", s.Active), ("sent", s.Sent), ("received", s.Received),
                ("answers", s.Answered), ("errors", s.Errors.Values.Sum()));
            return;
        }
        report.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{elapsed.TotalSeconds:0} s: {s.Active} of {run.Statistics.Opened} sessions, {s.Sent:N0} messages sent, {s.Received:N0} received, {s.Answered:N0} answers, {s.Errors.Values.Sum()} errors"));
    }
}
