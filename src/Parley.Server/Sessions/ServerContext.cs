using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Access;
using Parley.Server.Sockets;
using Parley.Server.Storage;
using Parley.Server.Telemetry;

namespace Parley.Server.Sessions;

/// <summary>What all connections share.</summary>
internal sealed class ServerContext(
    IOptions<LiveApiOptions> options, TimeProvider time, MessageObservers tap, SessionPlanner planner, SessionRegistry registry, SharedRateLimits paces, KeyRing keys, UsageTracker ledger,
    LiveMetrics metrics, IEnumerable<IUsageSink> usageSinks, ILogger<LiveConnection> logger)
{
    internal LiveApiOptions Options { get; } = options.Value;

    internal TimeProvider Time => time;

    internal MessageObservers Tap => tap;

    internal SessionPlanner Planner => planner;

    internal SessionRegistry Registry => registry;

    internal KeyRing Keys => keys;

    internal UsageTracker Ledger => ledger;

    internal LiveMetrics Metrics => metrics;

    internal IUsageSink[] UsageSinks { get; } = [.. usageSinks];

    internal SharedRateLimits SharedRateLimits => paces;

    internal InputBudget InputBudget { get; } = new(options.Value.Messages.MaxBufferedBytes);

    internal ILogger Logger => logger;
}
