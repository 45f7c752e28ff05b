using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Parley.Testing.Conformance.Running;

namespace Parley.Testing.Conformance.Clients;

/// <summary>Runs a client program once for each case, against a server of its own, and judges what it sent.</summary>
internal static class ClientRunner
{
    private const string Key = "conformance-key";
    private const int OutputLines = 5;

    internal static async Task<ConformanceReport> RunAsync(
        IReadOnlyList<string> command, ConformanceOptions options, IProgress<ConformanceResult>? progress, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var selected = Select(options);
        var results = new ConcurrentDictionary<string, ConformanceResult>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.Parallelism), CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(selected, parallel, async (selection, token) =>
        {
            foreach (var result in await RunAsync(command, selection.Case, selection.Checks, options, token).ConfigureAwait(false))
            {
                results[result.Check.Id] = result;
                progress?.Report(result);
            }
        }).ConfigureAwait(false);
        return new ConformanceReport(
            string.Join(' ', command), profile: null, [.. ClientCases.Checks.Where(check => results.ContainsKey(check.Id)).Select(check => results[check.Id])], Stopwatch.GetElapsedTime(started));
    }

    private static List<(ClientCase Case, List<ClientCheck> Checks)> Select(ConformanceOptions options)
    {
        foreach (var name in options.Only.Concat(options.Except))
        {
            if (!ClientCases.Checks.Any(check => IsNamed(check, name)))
            {
                throw new ArgumentException(
                    $"There is no check and no area '{name}'. The areas are: {string.Join(", ", ClientCases.Checks.Select(static check => check.Area).Distinct())}.", nameof(options));
            }
        }
        var selected = ClientCases.All
            .Select(client => (client, client.Checks
                .Where(check => options.Only.Count == 0 || options.Only.Any(name => IsNamed(check.Check, name)))
                .Where(check => !options.Except.Any(name => IsNamed(check.Check, name))).ToList()))
            .Where(static selection => selection.Item2.Count > 0).ToList();
        return selected.Count > 0 ? selected : throw new ArgumentException("No check is left to run. Name fewer exceptions.", nameof(options));
    }

    private static bool IsNamed(ConformanceCheck check, string name) => check.Id == name || check.Area == name;

    private static async Task<IEnumerable<ConformanceResult>> RunAsync(
        IReadOnlyList<string> command, ClientCase client, List<ClientCheck> checks, ConformanceOptions options, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var script = new ClientScript();
        client.Script(script);
        var transcript = new Transcript(Key);
        var watch = new ClientWatch(script, transcript);
        var server = await StartAsync(script, watch, cancellationToken).ConfigureAwait(false);
        ClientRun run;
        try
        {
            script.Faults?.Invoke(server.Faults);
            var (exitCode, output) = await RunProcessAsync(command, client, server.BaseAddress, options.Timeout, cancellationToken).ConfigureAwait(false);
            run = new(watch.Messages, exitCode, [.. server.Journal.ClientCloses.Select(static close => close.Code)], output);
        }
        finally
        {
            try
            {
                await server.DisposeAsync().ConfigureAwait(false);
            }
            catch (ExpectationException)
            {
                // Errors in the log of the server are part of some cases.
            }
        }
        var duration = Stopwatch.GetElapsedTime(started);
        return checks.Select(check => Judge(check, run, transcript, duration));
    }

    private static ConformanceResult Judge(ClientCheck check, ClientRun run, Transcript transcript, TimeSpan duration)
    {
        try
        {
            if (run.Messages.Count == 0)
                return Failed($"The client sent nothing{(run.ExitCode is { } code ? $" and ended with exit code {code}" : "")}. Its last output: {transcript.Shorten(string.Join(" / ", run.Output))}");
            return check.Judge(run) is { } missing ? Failed(missing) : new(check.Check, ConformanceOutcome.Passed, "", [], duration);
        }
        catch (CheckSkippedException e)
        {
            return new(check.Check, ConformanceOutcome.Skipped, e.Message, [], duration);
        }

        ConformanceResult Failed(string message) => new(check.Check, ConformanceOutcome.Failed, message, transcript.Lines, duration);
    }

    private static Task<LiveTestServer> StartAsync(ClientScript script, ClientWatch watch, CancellationToken cancellationToken) => StartServerAsync(
        options =>
        {
            (options.Port, options.ApiKey, options.TimeProvider) = (0, Key, TimeProvider.System);
            options.ConfigureServer = script.Server;
            options.Filters.Add(watch.CreateFilter);
        },
        script.Rules ?? (static scenario => scenario.When(Heard.Anything).Says("Hello! How can I help you?").Optional()),
        cancellationToken);

    private static async Task<LiveTestServer> StartServerAsync(Action<LiveTestServerOptions> configure, Action<Scenario> rules, CancellationToken cancellationToken)
    {
        var server = await LiveTestServer.StartAsync(configure, cancellationToken).ConfigureAwait(false);
        server.Scenario.IsStrict = false;
        rules(server.Scenario);
        return server;
    }

    private static async Task<(int? ExitCode, IReadOnlyList<string> Output)> RunProcessAsync(
        IReadOnlyList<string> command, ClientCase client, Uri server, TimeSpan more, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        var url = server.GetLeftPart(UriPartial.Authority);
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)
        [
            ("PARLEY_CASE", client.Id), ("PARLEY_URL", url), ("PARLEY_KEY", Key), ("GEMINI_API_KEY", Key), ("GOOGLE_GEMINI_BASE_URL", url),
        ])
        {
            start.Environment[name] = value;
        }
        // The SDKs take it first.
        start.Environment.Remove("GOOGLE_API_KEY");
        using var process = Start(start);
        process.StandardInput.Close();
        var output = new ConcurrentQueue<string>();
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(output, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(client.Longest + more, TimeProvider.System);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await process.WaitForExitAsync(linked.Token).ConfigureAwait(false);
            return (process.ExitCode, [.. output]);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return (null, [.. output]);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ConformanceException($"{start.FileName} does not start: {e.Message}.", e);
        }
    }

    private static void Keep(ConcurrentQueue<string> output, string? line)
    {
        if (line is null)
            return;
        output.Enqueue(line);
        if (output.Count > OutputLines)
            output.TryDequeue(out _);
    }
}
