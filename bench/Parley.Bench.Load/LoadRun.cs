using System.Globalization;
using Parley.Bench.Load.Measurements;

namespace Parley.Bench.Load;

/// <summary>Alternates between all measurements and servers in each round, so that other load on the machine affects all of them.</summary>
internal sealed class LoadRun(LoadOptions options, TextWriter log)
{
    private readonly Results _results = new();

    internal async Task<Results> RunAsync(CancellationToken cancellationToken)
    {
        Measurement[] all =
        [
            new PacedInput(listening: false), new PacedInput(listening: true), new FloodedInput(), new StreamedOutput(), new PingPong(),
            new TextSessions(), .. options.Idle.Select(count => new IdleSessions(count)), new LongSession(), new ColdStart(),
        ];
        var wanted = all.Where(m => options.Only.Length == 0 || options.Only.Contains(m.Name)).ToList();
        // Compile the client code here, not during a measurement.
        await new ColdStart().RunAsync(options.Targets[0], options, new Results(), cancellationToken);
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var measurement in wanted)
            {
                foreach (var target in options.Targets.Where(target => measurement.Concerns(target, options)))
                {
                    if (!options.IsShort)
                        await Machine.WaitUntilIdleAsync(cancellationToken);
                    await log.WriteLineAsync(string.Create(
                        CultureInfo.InvariantCulture, $"round {round}/{options.Rounds} {measurement.Name} {target} (load average {Machine.LoadAverage()})"));
                    await measurement.RunAsync(target, options, _results, cancellationToken);
                }
            }
        }
        return _results;
    }
}
