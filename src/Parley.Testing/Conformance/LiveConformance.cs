using Parley.Testing.Conformance.Checks;
using Parley.Testing.Conformance.Running;

namespace Parley.Testing;

/// <summary>
/// Checks a Live server from outside, requirement by requirement.
/// <code>
/// var report = await LiveConformance.RunAsync(new ConformanceTarget(new Uri("http://127.0.0.1:8080"), "my-key"));
/// Assert.True(report.IsConformant, report.ToString());
/// </code>
/// </summary>
public static class LiveConformance
{
    /// <summary>All checks of servers, area by area.</summary>
    public static IReadOnlyList<ConformanceCheck> Checks { get; } = [.. Catalog.All.Select(static check => check.Check)];

    /// <summary>Runs checks against a server.</summary>
    /// <param name="target">The server.</param>
    /// <param name="options">Which checks, and how; null = all, with the defaults.</param>
    /// <param name="progress">Receives each result as it is known.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="ConformanceException">The server cannot be reached, or opens no session.</exception>
    /// <exception cref="ArgumentException">The options name a check or an area that does not exist, or leave none.</exception>
    public static Task<ConformanceReport> RunAsync(
        ConformanceTarget target, ConformanceOptions? options = null, IProgress<ConformanceResult>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        return ConformanceRunner.RunAsync(target, options ?? new ConformanceOptions(), progress, cancellationToken);
    }

    /// <summary>All checks of clients.</summary>
    public static IReadOnlyList<ConformanceCheck> ClientChecks { get; } = [];

    /// <summary>Checks a client.</summary>
    public static Task<ConformanceReport> RunClientAsync(
        IReadOnlyList<string> command, ConformanceOptions? options = null, IProgress<ConformanceResult>? progress = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>
    /// Adds rules to a scenario that answer what the checks say, so that every check can run: a greeting, a long story in real time, and calls of
    /// the functions that are named. The server needs <see cref="TimeProvider.System"/> as its clock.
    /// </summary>
    public static void AnswerChecks(Scenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ConformanceScenario.AddTo(scenario);
    }
}
