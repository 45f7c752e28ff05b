using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Parley.Server;

/// <summary>What all connections share.</summary>
internal sealed class LiveServer(
    IOptions<LiveApiOptions> options, TimeProvider time, FrameTap tap, SessionPlanner planner, SessionRegistry registry, Paces paces, KeyRing keys, UsageLedger ledger,
    LiveMetrics metrics, IEnumerable<IUsageSink> usageSinks, ILogger<LiveConnection> logger)
{
    internal LiveApiOptions Options { get; } = options.Value;

    internal TimeProvider Time => time;

    internal FrameTap Tap => tap;

    internal SessionPlanner Planner => planner;

    internal SessionRegistry Registry => registry;

    internal KeyRing Keys => keys;

    internal UsageLedger Ledger => ledger;

    internal LiveMetrics Metrics => metrics;

    internal IUsageSink[] UsageSinks { get; } = [.. usageSinks];

    internal Paces Paces => paces;

    internal InputBudget InputBudget { get; } = new(options.Value.MaxBufferedInputBytes);

    internal ILogger Logger => logger;
}
