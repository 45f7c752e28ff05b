using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Client.Checks;
using Parley.Client.Connecting;
using Parley.Client.Receiving;
using Parley.Client.Resumption;
using Parley.Client.Telemetry;
using Parley.Client.Tools;
using Parley.Protocol;

namespace Parley.Client.Session;

/// <summary>The parts of one session, built from the bottom up: each gets those it uses through its constructor.</summary>
internal sealed class SessionParts
{
    internal SessionParts(
        OpenedConnection connection, LiveSetup setup, Credential? credential, LiveClientOptions options, ResumeSetup? wire = null,
        LiveConnector? connector = null, LiveModelProfile? profile = null, bool startedFresh = false)
    {
        Options = options;
        Wire = wire ??= new ResumeSetup(setup.ToWire(), options.Resumption);
        IsManual = wire.IsManual;
        Profile = profile ?? LiveModelProfiles.Unknown;
        Logger = options.LoggerFactory?.CreateLogger<LiveSession>() ?? NullLogger<LiveSession>.Instance;
        Preflight = new Preflight(options, Logger);
        Audio = new AudioPool(options.ReceiveCapacity);
        State = new SessionState(options.Resumption, new SessionTelemetry(setup.Model, options));
        Updates = new UpdateChannel(State, options.ReceiveCapacity, options.ReceiveCapacityBytes, options.UseSessionThread);
        Output = new SessionOutput(connection.Transport, State, wire, options, Logger);
        Tools = new ToolDispatcher(setup, Profile.DefaultBehavior == Behavior.NonBlocking, Output, State, Updates, options, Logger);
        var reconnector = new Reconnector(connector, wire, State, options, Logger);
        Pump = new SessionPump(connection, State, Updates, Output, Tools, Audio, reconnector, wire, credential, options, Logger);
        foreach (var update in connection.Early)
        {
            if (update is SetupCompleteUpdate complete)
                State.NoteSetup(complete);
        }
        if (startedFresh)
            connection.Early.Add(new ReconnectedUpdate(IsResumed: false, new ReconnectLoss { Conversation = true }, Resent: 0, Attempts: 2, TimeSpan.Zero));
    }

    internal LiveClientOptions Options { get; }

    internal ResumeSetup Wire { get; }

    internal LiveModelProfile Profile { get; }

    /// <summary>Whether activity detection is manual.</summary>
    internal bool IsManual { get; }

    internal ActivityMarks Marks { get; } = new();

    internal Preflight Preflight { get; }

    internal ILogger Logger { get; }

    /// <summary>Memory of the audio for readers with a sink, whichever connection it comes over.</summary>
    internal AudioPool Audio { get; }

    internal SessionState State { get; }

    internal UpdateChannel Updates { get; }

    internal SessionOutput Output { get; }

    internal ToolDispatcher Tools { get; }

    internal SessionPump Pump { get; }
}
