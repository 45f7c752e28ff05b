using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using Parley.Protocol;
using Parley.Server.Relay;

namespace Parley.Server;

/// <summary>Turns the first message into a session that may start, or refuses it. Nothing is used up before all else holds.</summary>
internal sealed class SessionPlanner(
    IOptions<LiveApiOptions> options, TimeProvider time, LiveModelCatalogue catalogue, SetupPolicy policy, ISessionStore store, HandleSeal seal)
{
    private static readonly LiveClose TokenExpired = new(1008, "The auth token has expired.");
    private static readonly LiveClose TokenTooLate = new(1008, "The auth token can open no new session any more: new_session_expire_time has passed.");
    private static readonly LiveClose TokenUsedUp = new(1008, "The auth token can open no new session any more: its uses are used up.");

    /// <exception cref="LiveCloseException">The session is refused.</exception>
    internal SessionPlan Plan(LiveSessionRequest first, string connectionId, ConnectionRequest request)
    {
        var now = time.GetUtcNow();
        var caller = request.Caller!;
        if (caller.Token is { } expired && expired.ExpireTime <= now)
            throw new LiveCloseException(TokenExpired);

        var asked = EffectiveSetup.Of(first.Setup!, caller.Token);
        if (asked.Model is not { Length: > 0 } name)
            throw new LiveCloseException(LiveClose.InvalidArgument);
        var entry = catalogue.Find(name) ?? throw new LiveCloseException(LiveClose.UnknownModel(ModelName.Canonical(name), request.Version));
        // What is relayed is judged by its upstream and by the key's own policy; the upstream also knows when a session is over.
        var relay = (entry.Model as RelayModel)?.Admit(asked, entry.Name, caller, request.Version);
        var setup = relay?.Setup ?? policy.Apply(asked, entry.Name, entry.Profile);

        var isLimited = relay is null && setup.ContextWindowCompression is null;
        var origin = setup.SessionResumption?.Handle is { Length: > 0 } handle
            ? Resume(handle, entry.Name, caller, isLimited, now)
            : NewSession(connectionId, entry.Name, caller, now);
        var connectionEnd = now + (relay?.Longest ?? options.Value.ConnectionLifetime);
        if (caller.Token is { } token && token.ExpireTime < connectionEnd)
            connectionEnd = token.ExpireTime;
        var sessionEnd = isLimited ? origin.Started + options.Value.SessionLifetime : DateTimeOffset.MaxValue;
        return new SessionPlan(
            entry.Model,
            new LiveModelStart { SessionId = origin.SessionId, ConnectionId = connectionId, Setup = setup, Profile = entry.Profile, ResumeFrom = origin.State == NoState ? null : origin.State, Relay = relay?.Start },
            caller.Owner,
            setup.SessionResumption is { } resumption ? new ResumptionTrack(store, seal, origin with { State = NoState }, resumption.Transparent is true) : null,
            sessionEnd < connectionEnd ? sessionEnd : connectionEnd,
            sessionEnd <= connectionEnd,
            FrameType(first.IsGuideConfig));
    }

    private static object NoState { get; } = new();

    private static SessionSnapshot NewSession(string connectionId, string model, Caller caller, DateTimeOffset now)
    {
        if (caller.Token is { } token)
        {
            if (token.NewSessionExpireTime <= now)
                throw new LiveCloseException(TokenTooLate);
            if (!token.TryUse())
                throw new LiveCloseException(TokenUsedUp);
        }
        return new SessionSnapshot(connectionId, Epoch: 0, Serial: 0, model, caller.Owner, now, NoState);
    }

    private SessionSnapshot Resume(string handle, string model, Caller caller, bool isLimited, DateTimeOffset now)
    {
        if (!seal.TryOpen(handle, out var sessionId, out var serial))
            throw new LiveCloseException(LiveClose.InvalidHandle);
        if (store.Find(sessionId, serial) is not { } snapshot || (isLimited && snapshot.Started + options.Value.SessionLifetime <= now))
            throw new LiveCloseException(LiveClose.SessionNotFound);
        if (snapshot.Model != model || snapshot.Owner != caller.Owner)
            throw new LiveCloseException(LiveClose.InvalidHandle);
        return store.Claim(sessionId) is { } epoch ? snapshot with { Epoch = epoch } : throw new LiveCloseException(LiveClose.SessionNotFound);
    }

    private WebSocketMessageType FrameType(bool isGuideConfig) => options.Value.Frames switch
    {
        LiveFrameKind.Text => WebSocketMessageType.Text,
        LiveFrameKind.Binary => WebSocketMessageType.Binary,
        _ => isGuideConfig ? WebSocketMessageType.Text : WebSocketMessageType.Binary,
    };
}
