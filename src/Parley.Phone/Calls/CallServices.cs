using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Phone.Rest;
using Parley.Phone.Telemetry;
using Parley.Server;
using Parley.Server.Endpoints;
using Parley.Server.Sessions;

namespace Parley.Phone.Calls;

/// <summary>What all calls share.</summary>
internal sealed class CallServices(
    IOptions<PhoneOptions> options, IOptions<LiveApiOptions> live, TimeProvider time, LiveLoopback loopback, ConnectionServices connections, StreamTokens tokens, CallRegistry registry,
    CallRoutes routes, CarrierApi api, PhoneMetrics metrics, IEnumerable<IPhoneCallHandler> handlers, ILoggerFactory loggers)
{
    internal PhoneOptions Options { get; } = options.Value;

    /// <summary>Limits of all sockets of the server.</summary>
    internal LiveApiOptions Live { get; } = live.Value;

    internal TimeProvider Time => time;

    internal LiveLoopback Loopback => loopback;

    internal ConnectionServices Connections => connections;

    internal StreamTokens Tokens => tokens;

    internal CallRegistry Registry => registry;

    internal CallRoutes Routes => routes;

    internal CarrierApi Api => api;

    internal PhoneMetrics Metrics => metrics;

    internal IPhoneCallHandler[] Handlers { get; } = [.. handlers];

    internal ILoggerFactory Loggers => loggers;

    internal ILogger Logger { get; } = loggers.CreateLogger("Parley.Phone.Call");
}
