using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Access;
using Parley.Server.Calls;
using Parley.Server.Events;
using Parley.Server.Nodes;
using Parley.Server.Sockets;
using Parley.Server.Telemetry;

namespace Parley.Server.Sessions;

/// <summary>Services and options that all connections share.</summary>
internal sealed class ConnectionServices(
    IOptions<LiveApiOptions> options, TimeProvider time, MessageObservers observers, SessionPlanner planner, SessionRegistry registry, SessionWatches watches, EventDispatcher events, CallServices calls, ThisNode node, PriceTable prices, SharedRateLimits rateLimits, KeyRing keys, CallerCheck callers, UsageTracker usage,
    LiveMetrics metrics, IEnumerable<IUsageSink> usageSinks, ILogger<LiveConnection> logger, ISessionRecorder? recorder = null)
{
    internal LiveApiOptions Options { get; } = options.Value;

    internal TimeProvider Time => time;

    internal MessageObservers Observers => observers;

    internal SessionPlanner Planner => planner;

    internal SessionRegistry Registry => registry;

    internal SessionWatches Watches => watches;

    internal EventDispatcher Events => events;

    internal CallServices Calls => calls;

    internal ThisNode Node => node;

    internal PriceTable Prices => prices;

    internal KeyRing Keys => keys;

    internal CallerCheck Callers => callers;

    internal UsageTracker Usage => usage;

    internal LiveMetrics Metrics => metrics;

    internal IUsageSink[] UsageSinks { get; } = [.. usageSinks];

    internal SharedRateLimits SharedRateLimits => rateLimits;

    internal InputBudget InputBudget { get; } = new(options.Value.Messages.MaxBufferedBytes);

    /// <summary>Records sessions; null = nothing does.</summary>
    internal ISessionRecorder? Recorder => recorder;

    internal ILogger Logger => logger;
}
