using System.Collections.Concurrent;
using System.Diagnostics;
using Parley.Testing.Conformance.Checks;

namespace Parley.Testing.Conformance.Running;

/// <summary>Runs checks in parallel, each with its own connections.</summary>
internal static class ConformanceRunner
{
    /// <summary>A check waits for several answers; one that hangs in another way ends here.</summary>
    private const int MaxAnswers = 8;

    internal static async Task<ConformanceReport> RunAsync(
        ConformanceTarget target, ConformanceOptions options, IProgress<ConformanceResult>? progress, CancellationToken cancellationToken)
    {
        var selected = Select(options);
        var started = Stopwatch.GetTimestamp();
        var run = new ProbeRun(target, options, cancellationToken);
        await using var disposing = run.ConfigureAwait(false);
        await RequireServerAsync(run, cancellationToken).ConfigureAwait(false);
        var results = new ConcurrentDictionary<string, ConformanceResult>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.Parallelism), CancellationToken = cancellationToken };
        // The last areas wait for speech and for tokens that expire: they begin first.
        await Parallel.ForEachAsync(Enumerable.Reverse(selected), parallel, async (check, token) =>
        {
            var result = await RunAsync(run, check, token).ConfigureAwait(false);
            results[check.Check.Id] = result;
            progress?.Report(result);
        }).ConfigureAwait(false);
        return new ConformanceReport(target.Name, options.Profile, [.. selected.Select(check => results[check.Check.Id])], Stopwatch.GetElapsedTime(started));
    }

    private static List<RunnableCheck> Select(ConformanceOptions options)
    {
        foreach (var name in options.Only.Concat(options.Except))
        {
            if (!Catalog.All.Any(check => IsNamed(check, name)))
                throw new ArgumentException($"There is no check and no area '{name}'. The areas are: {string.Join(", ", Catalog.Areas)}.", nameof(options));
        }
        var selected = Catalog.All
            .Where(check => check.AppliesTo(options.Profile))
            .Where(check => options.Only.Count == 0 || options.Only.Any(name => IsNamed(check, name)))
            .Where(check => !options.Except.Any(name => IsNamed(check, name)))
            .ToList();
        return selected.Count > 0 ? selected : throw new ArgumentException("No check is left to run. Name fewer exceptions.", nameof(options));
    }

    private static bool IsNamed(RunnableCheck check, string name) => check.Check.Id == name || check.Check.Area == name;

    private static async Task<ConformanceResult> RunAsync(ProbeRun run, RunnableCheck check, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var longest = (run.Options.Timeout * MaxAnswers) + TimeSpan.FromSeconds(30);
        using var limit = new CancellationTokenSource(longest, TimeProvider.System);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var probe = new Probe(run, linked.Token);
        await using var disposing = probe.ConfigureAwait(false);
        try
        {
            if (await run.MissingAsync(check.Check.Needs).ConfigureAwait(false) is { } missing)
                throw new CheckSkippedException(missing);
            await check.RunAsync(probe).ConfigureAwait(false);
            return Result(ConformanceOutcome.Passed, "");
        }
        catch (CheckSkippedException e)
        {
            return Result(ConformanceOutcome.Skipped, e.Message);
        }
        catch (CheckFailedException e)
        {
            return Result(ConformanceOutcome.Failed, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Result(ConformanceOutcome.Failed, $"The check did not end within {longest.TotalSeconds:0} s.");
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException or IOException or System.Text.Json.JsonException)
        {
            // A server may send any JSON; what a check cannot read is a failure of the server.
            return Result(ConformanceOutcome.Failed, $"The answer has another form than expected: {probe.Transcript.Shorten(e.Message)}");
        }

        ConformanceResult Result(ConformanceOutcome outcome, string message) => new(
            check.Check, outcome, message, outcome == ConformanceOutcome.Failed ? probe.Frames : [], Stopwatch.GetElapsedTime(started));
    }

    // A server that is not there, or takes no setup at all, fails every check for the same reason: say it once.
    private static async Task RequireServerAsync(ProbeRun run, CancellationToken cancellationToken)
    {
        var probe = new Probe(run, cancellationToken);
        await using var disposing = probe.ConfigureAwait(false);
        try
        {
            await probe.OpenAsync().ConfigureAwait(false);
        }
        catch (CheckFailedException e)
        {
            throw new ConformanceException($"{run.Target.Name} opens no session: {e.Message} Check the address, the key and the model ({run.Options.Model}).", e);
        }
    }
}
