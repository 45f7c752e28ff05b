using Parley.Testing.Conformance.Checks;
using Parley.Testing.Conformance.Clients;
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
    public static IReadOnlyList<ConformanceCheck> ClientChecks => ClientCases.Checks;

    /// <summary>
    /// Runs a client program once for each case, against a scripted server of its own, and reports the behaviors that it shows on the wire. The program
    /// connects, asks something, and goes on until the server ends the session. It finds the server in <c>PARLEY_URL</c> or <c>GOOGLE_GEMINI_BASE_URL</c>, the key in
    /// <c>PARLEY_KEY</c> or <c>GEMINI_API_KEY</c>, and the name of the case in <c>PARLEY_CASE</c>.
    /// </summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">Which checks, how many at the same time, and how long to wait; null = the defaults.</param>
    /// <param name="progress">Receives each result as it is known.</param>
    /// <param name="cancellationToken">Ends the run, and the program.</param>
    /// <exception cref="ConformanceException">The program does not start.</exception>
    /// <exception cref="ArgumentException">The command is empty, or the options name a check or an area that does not exist, or leave none.</exception>
    public static Task<ConformanceReport> RunClientAsync(
        IReadOnlyList<string> command, ConformanceOptions? options = null, IProgress<ConformanceResult>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return command is [{ Length: > 0 }, ..]
            ? ClientRunner.RunAsync(command, options ?? new ConformanceOptions(), progress, cancellationToken)
            : throw new ArgumentException("The command is empty. Give a program.", nameof(command));
    }

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
