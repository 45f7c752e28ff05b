using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Models;
using Parley.Server.Wire;

namespace Parley.Server.Sessions;

/// <summary>Turns the first message into a session that may start, or refuses it. A use of a token is taken only after all other checks have passed.</summary>
internal sealed class SessionPlanner(
    IOptions<LiveApiOptions> options, TimeProvider time, LiveModelCatalogue catalogue, SetupPolicy policy, ISessionStore store, ITokenStore tokens, HandleSeal seal,
    SessionRegistry registry, UsageTracker usage, KeyRing keys)
{
    /// <param name="first">The message.</param>
    /// <param name="unknownField">The first unknown field name in it; null = none.</param>
    /// <param name="connectionId">Id of the connection.</param>
    /// <param name="request">The upgrade request.</param>
    /// <exception cref="LiveCloseException">The session is refused.</exception>
    /// <exception cref="LiveProtocolException">The session is refused because of the unknown field.</exception>
    internal async ValueTask<SessionPlan> PlanAsync(LiveSessionRequest first, LiveProtocolException? unknownField, string connectionId, ConnectionRequest request)
    {
        // Only the service behind a model that forwards messages may know fields that this server does not.
        if (unknownField is not null && (first.Setup!.Model is not { } requestedModel || catalogue.Find(requestedModel)?.Model is not IMessageModel))
            throw unknownField;
        var now = time.GetUtcNow();
        var caller = request.Caller!;
        if (registry.IsDraining)
            throw new LiveCloseException(LiveClose.ShuttingDown);
        if (caller.Token is { } expired && expired.ExpireTime <= now)
            throw new LiveCloseException(LiveClose.ExpiredToken);

        var requested = EffectiveSetup.Of(first.Setup!, caller.Token);
        if (requested.Model is not { Length: > 0 } name)
            throw new LiveCloseException(LiveClose.InvalidArgument);
        var entry = caller.Key?.Allows(name) is false ? null : catalogue.Find(name);
        if (entry is null)
            throw new LiveCloseException(LiveClose.UnknownModel(ModelName.Canonical(name), request.Version));
        // A forwarded setup is checked by the service behind the model; that service also limits the lifetime of the session.
        var liveCaller = new LiveCaller(caller.KeyId, caller.Owner, caller.Token is not null, keys.IdOf);
        var admission = (entry.Model as IMessageModel)?.Admit(new MessageSetup(requested, entry.Name, request.Version, liveCaller));
        var isAsSent = admission is not null && ReferenceEquals(admission.Setup, requested) && !caller.IsLocked && !first.IsGuideConfig;
        var pinsContext = caller.PinsContext || admission is { PinsContext: true };
        // An unknown field may be something a token or a policy forbids, and is lost if the setup is re-encoded.
        if (unknownField is not null && (!isAsSent || pinsContext))
            throw unknownField;
        var isStrict = admission is null && options.Value.Compatibility == LiveCompatibility.Strict;
        if (isStrict)
            SetupPolicy.RequirePublic(requested, entry.Profile, request.Version);
        var setup = admission?.Setup ?? policy.Apply(requested, entry.Name, entry.Profile);
        pinsContext |= isStrict && !entry.Profile.AcceptsContextUpdate;

        if (admission?.MinutesPerDay is { } daily && usage.UsageToday(caller.KeyId).Milliseconds >= TimeSpan.FromMinutes(daily).TotalMilliseconds)
            throw new LiveCloseException(LiveClose.QuotaExceeded);
        var lease = Enter(caller);
        try
        {
            var isLimited = admission is null && setup.ContextWindowCompression is null;
            var origin = setup.SessionResumption?.Handle is { Length: > 0 } handle
                ? await ResumeAsync(handle, entry.Name, caller, isLimited, now).ConfigureAwait(false)
                : await NewSessionAsync(connectionId, entry.Name, caller, now).ConfigureAwait(false);
            usage.AddSession(caller.KeyId, resumed: origin.State != NoState);
            var connectionEnd = ConnectionEnd(caller, now, admission);
            var sessionEnd = isLimited ? origin.Started + options.Value.Sessions.SessionLifetime : DateTimeOffset.MaxValue;
            return new SessionPlan(
                entry.Model,
                new LiveModelStart { SessionId = origin.SessionId, ConnectionId = connectionId, Setup = setup, Profile = entry.Profile, ResumeFrom = origin.State == NoState ? null : origin.State, ApiVersion = request.Version, Caller = liveCaller },
                caller,
                lease,
                setup.SessionResumption is { } resumption
                    ? new ResumptionTrack(store, seal, origin with { State = NoState }, connectionEnd + options.Value.Sessions.HandleLifetime, resumption.Transparent is true)
                    : null,
                sessionEnd < connectionEnd ? sessionEnd : connectionEnd,
                sessionEnd <= connectionEnd,
                FrameType(first.IsGuideConfig),
                pinsContext,
                isAsSent);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private static int? Least(int? one, int? other) => one is null ? other : other is null ? one : Math.Min(one.Value, other.Value);

    private static object NoState { get; } = new();

    private SessionLease Enter(Caller caller)
    {
        if (caller.Key is { } key && usage.IsOverQuota(key))
            throw new LiveCloseException(LiveClose.QuotaExceeded);
        return registry.TryEnter(caller.Owner, caller.Key?.Limits.MaxSessions ?? options.Value.Sessions.MaxSessionsPerKey) ?? throw new LiveCloseException(LiveClose.QuotaExceeded);
    }

    private DateTimeOffset ConnectionEnd(Caller caller, DateTimeOffset now, MessageAdmission? admission)
    {
        var end = now + (admission?.MaxDuration ?? options.Value.Sessions.ConnectionLifetime);
        if (caller.Token is { } token && token.ExpireTime < end)
            end = token.ExpireTime;
        if (Least(caller.Key?.Limits.MinutesPerDay, admission?.MinutesPerDay) is not { } minutes)
            return end;
        var left = TimeSpan.FromMinutes(minutes) - TimeSpan.FromMilliseconds(usage.UsageToday(caller.KeyId).Milliseconds);
        return now + left < end ? now + left : end;
    }

    private async ValueTask<SessionSnapshot> NewSessionAsync(string connectionId, string model, Caller caller, DateTimeOffset now)
    {
        if (caller.Token is { } token)
        {
            if (token.NewSessionExpireTime <= now)
                throw new LiveCloseException(LiveClose.TokenTooLate);
            if (!await tokens.TryUseAsync(token).ConfigureAwait(false))
                throw new LiveCloseException(LiveClose.TokenUsedUp);
        }
        return new SessionSnapshot(connectionId, Epoch: 0, Serial: 0, model, caller.Owner, now, NoState);
    }

    private async ValueTask<SessionSnapshot> ResumeAsync(string handle, string model, Caller caller, bool isLimited, DateTimeOffset now)
    {
        if (!seal.TryOpen(handle, out var sessionId, out var serial, out var expires))
            throw new LiveCloseException(LiveClose.InvalidHandle);
        if (expires <= now
            || await store.FindAsync(sessionId, serial).ConfigureAwait(false) is not { } snapshot
            || (isLimited && snapshot.Started + options.Value.Sessions.SessionLifetime <= now))
        {
            throw new LiveCloseException(LiveClose.SessionNotFound);
        }

        if (snapshot.Model != model || snapshot.Owner != caller.Owner)
            throw new LiveCloseException(LiveClose.InvalidHandle);
        return await store.ClaimAsync(sessionId).ConfigureAwait(false) is { } epoch ? snapshot with { Epoch = epoch } : throw new LiveCloseException(LiveClose.SessionNotFound);
    }

    private WebSocketMessageType FrameType(bool isGuideConfig) => options.Value.Frames switch
    {
        LiveFrameKind.Text => WebSocketMessageType.Text,
        LiveFrameKind.Binary => WebSocketMessageType.Binary,
        _ => isGuideConfig ? WebSocketMessageType.Text : WebSocketMessageType.Binary,
    };
}
