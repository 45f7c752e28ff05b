using System.CommandLine;
using System.Text.Json;
using Parley.Client;

namespace Parley.Cli.Commands;

/// <summary><c>parley doctor</c>: opens a session step by step and reports which step fails, why, and what to do.</summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    internal static Command Create(ToolEnvironment environment)
    {
        var server = new ServerOptions(environment);
        var setup = new SetupOptions();
        var command = new Command("doctor", "Open a session step by step and report which step fails, why, and what to do");
        server.AddTo(command);
        setup.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            report.Fact("server", $"server      {server.Url(parsed)}", ("url", server.Url(parsed).ToString()));
            DiagnosisStep? failed = null;
            await foreach (var step in server.CreateClient(parsed).DiagnoseAsync(setup.Create(parsed), cancellationToken))
            {
                var mark = step.Outcome switch { DiagnosisOutcome.Passed => "ok", DiagnosisOutcome.Failed => "FAILED", _ => "-" };
                var time = step.Outcome == DiagnosisOutcome.Skipped ? "" : $" ({step.Duration.TotalMilliseconds:0} ms)";
                var detail = failed is null ? step.Detail : $"not tried, because {Name(failed.Kind)} failed";
                report.Fact(
                    "step", $"{Name(step.Kind),-11} {mark,-7} {detail}{time}",
                    ("step", Name(step.Kind)), ("outcome", step.Outcome.ToString()), ("detail", detail), ("cure", step.Hint),
                    ("cause", step.Cause?.ToString()), ("ms", Math.Round(step.Duration.TotalMilliseconds, 1)));
                if (step.Outcome == DiagnosisOutcome.Failed)
                    failed = step;
            }
            if (failed is null)
            {
                if (await EnginesAsync(environment, server.Url(parsed), cancellationToken) is { } engines)
                    report.Fact("engines", $"engines     {engines}", ("engines", engines));
                report.Fact("healthy", "Everything works.");
                return ExitCodes.Success;
            }
            throw new CommandException(
                $"{Name(failed.Kind)}: {failed.Detail.TrimEnd('.')}. {failed.Hint}".TrimEnd(),
                CommandRunner.ExitCodeOf(failed.Cause ?? EndCause.Unknown));
        });
        return command;
    }

    /// <summary>Which engines answer, as <c>/healthz</c> of Parley says; null for other servers.</summary>
    private static async Task<string?> EnginesAsync(ToolEnvironment environment, Uri server, CancellationToken cancellationToken)
    {
        if (server.Host == new Uri(ServerOptions.PublicUrl).Host)
            return null;
        var health = new UriBuilder(new Uri(server, "/healthz")) { Scheme = server.Scheme.Replace("ws", "http", StringComparison.Ordinal) };
        using var own = environment.Invoker is null ? new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false }) : null;
        using var patience = new CancellationTokenSource(LongestWait, environment.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, health.Uri);
            using var response = await (environment.Invoker ?? own!).SendAsync(request, linked.Token);
            if (!response.IsSuccessStatusCode)
                return null;
            using var stream = await response.Content.ReadAsStreamAsync(linked.Token);
            using var json = await JsonDocument.ParseAsync(stream, default, linked.Token);
            return json.RootElement.TryGetProperty("parts", out var parts) && parts.TryGetProperty("engines", out var engines)
                ? engines.GetString()
                : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or InvalidOperationException
            or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static string Name(DiagnosisStepKind kind) => kind switch
    {
        DiagnosisStepKind.Dns => "dns",
        DiagnosisStepKind.Tcp => "tcp",
        DiagnosisStepKind.Tls => "tls",
        DiagnosisStepKind.Upgrade => "upgrade",
        DiagnosisStepKind.Credential => "credential",
        DiagnosisStepKind.Setup => "setup",
        DiagnosisStepKind.Answer => "answer",
        DiagnosisStepKind.GuideConfig => "guide",
        _ => kind.ToString(),
    };
}
