using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Models;
using Parley.Server.Nodes;
using Parley.Server.Wire;

namespace Parley.Server.Sessions;

/// <summary>Turns the first message into a session that may start, or refuses it. A use of a token is taken only after all other checks have passed.</summary>
internal sealed class SessionPlanner(
    IOptions<LiveApiOptions> options, WallClock clock, LiveModelCatalogue catalogue, SetupPolicy policy, ResumableSessions sessions, ITokenStore tokens, HandleSeal seal,
    SessionRegistry registry, ThisNode node, UsageTracker usage, KeyRing keys, CallerCheck callers, TimeProvider time, ILogger<SessionPlanner> logger)
{
    /// <param name="first">The message.</param>
    /// <param name="unread">Why the message could not be read completely; null = it was.</param>
    /// <param name="connectionId">Id of the connection.</param>
    /// <param name="request">The upgrade request.</param>
    /// <param name="cancellationToken">Cancelled when the connection is lost.</param>
    /// <exception cref="LiveCloseException">The session is refused.</exception>
    /// <exception cref="LiveProtocolException">The session is refused because of <paramref name="unread"/>.</exception>
    internal async ValueTask<SessionPlan> PlanAsync(
        LiveSessionRequest first, LiveProtocolException? unread, string connectionId, ConnectionRequest request, CancellationToken cancellationToken)
    {
        var service = request.Dialect is null ? null : LiveModelProfiles.VertexService;
        // Only the service behind a model that forwards messages may read what this server does not.
        if (unread is not null && (first.Setup!.Model is not { } requestedModel || catalogue.Find(requestedModel, service)?.Model is not IMessageModel))
            throw unread;
        var now = clock.Now;
        if (registry.IsDraining)
            throw new LiveCloseException(LiveClose.ShuttingDown);
        // Time has passed since the upgrade: the key may have been revoked, or have other limits.
        var caller = await RecheckAsync(request.Caller!, cancellationToken).ConfigureAwait(false);
        if (caller.Token is { } expired && expired.ExpireTime <= now)
            throw new LiveCloseException(LiveClose.ExpiredToken);
        if (options.Value.SignIn.EndAtExpiry && caller.Expires <= now)
            throw new LiveCloseException(Refusal.InvalidBearer.Close);

        var requested = EffectiveSetup.Of(first.Setup!, caller.Lock);
        if (requested.Model is not { Length: > 0 } name)
            throw new LiveCloseException(LiveClose.InvalidArgument);
        var entry = caller.Key?.Allows(name) is false ? null : catalogue.Find(name, service);
        if (entry is null)
            throw new LiveCloseException(LiveClose.UnknownModel(ModelName.Canonical(name), request.Version));
        // A forwarded setup is checked by the service behind the model; that service also limits the lifetime of the session.
        var liveCaller = caller.Describe(keys);
        var admission = (entry.Model as IMessageModel)?.Admit(new MessageSetup(requested, entry.Name, request.Version, liveCaller));
        var isAsSent = admission is not null && ReferenceEquals(admission.Setup, requested) && !caller.IsLocked && !first.IsGuideConfig;
        var pinsContext = caller.PinsContext || admission is { PinsContext: true };
        var isLocked = caller.IsLocked || pinsContext || admission is { RefusesUnknown: true } || (admission is not null && !ReferenceEquals(admission.Setup, requested));
        // What was not read may be something that a token or a policy forbids, and is lost if the setup is re-encoded.
        if (unread is not null && (!isAsSent || isLocked))
            throw unread;
        var isStrict = admission is null && options.Value.Compatibility == LiveCompatibility.Strict;
        if (isStrict)
            SetupPolicy.RequirePublic(requested, entry.Profile, request.Version, service);
        var setup = admission?.Setup ?? policy.Apply(requested, entry.Name, entry.Profile);
        if (admission is null && request.Dialect is not null)
            setup = VertexDialect.WithDefaults(setup);
        pinsContext |= isStrict && !entry.Profile.AcceptsContextUpdate;

        await RefreshUsageAsync(caller, admission, cancellationToken).ConfigureAwait(false);
        if (caller.Key is { } key && usage.IsOverQuota(key))
            throw new LiveCloseException(LiveClose.QuotaExceeded);
        if (admission?.MinutesPerDay is { } daily && usage.UsageToday(caller.KeyId).Milliseconds >= TimeSpan.FromMinutes(daily).TotalMilliseconds)
            throw new LiveCloseException(LiveClose.QuotaExceeded);
        var isLimited = admission is null && setup.ContextWindowCompression is null;
        var resumed = setup.SessionResumption?.Handle is { Length: > 0 } handle ? await FindAsync(handle, entry.Name, caller, isLimited, now, cancellationToken).ConfigureAwait(false) : null;
        var connectionEnd = ConnectionEnd(caller, now, admission);
        var lease = registry.TryEnter(caller.Owner, options.Value.Sessions.MaxSessionsPerKey, resumed?.SessionId) ?? throw new LiveCloseException(LiveClose.QuotaExceeded);
        NodePlace? place = null;
        TokenUse? use = null;
        try
        {
            var session = new NodeSession
            {
                SessionId = resumed?.SessionId ?? connectionId,
                ConnectionId = connectionId,
                NodeId = node.Id,
                KeyId = caller.KeyId,
                IsOnToken = caller.Token is not null,
                Model = entry.Name,
                IsResumed = resumed is not null,
                Started = now,
                Until = connectionEnd,
            };
            place = await node.EnterAsync(session, caller.Key?.Limits.MaxSessions, cancellationToken).ConfigureAwait(false) ?? throw new LiveCloseException(LiveClose.QuotaExceeded);
            if (resumed is null || !caller.IsOwn(resumed.CredentialId))
                use = await TakeUseAsync(caller, connectionId, now, cancellationToken).ConfigureAwait(false);
            var origin = new SessionCheckpoint
            {
                SessionId = session.SessionId,
                Epoch = resumed is null ? 0 : await ClaimAsync(resumed, cancellationToken).ConfigureAwait(false),
                Serial = 0,
                Model = entry.Name,
                Owner = caller.Owner,
                CredentialId = caller.CredentialId,
                Started = resumed?.Started ?? now,
                Expires = connectionEnd + options.Value.Sessions.HandleLifetime,
                State = NoState,
            };
            usage.AddSession(caller.KeyId, resumed is not null);
            var sessionEnd = isLimited ? origin.Started + options.Value.Sessions.SessionLifetime : DateTimeOffset.MaxValue;
            return new SessionPlan(
                entry.Model,
                new LiveModelStart { SessionId = origin.SessionId, ConnectionId = connectionId, Setup = setup, Profile = entry.Profile, ResumeFrom = resumed?.State.Value, ApiVersion = request.Version, Caller = liveCaller, ForwardedHeaders = request.ForwardedHeaders },
                caller,
                lease,
                place,
                setup.SessionResumption is { } resumption
                    ? new ResumptionTrack(sessions, seal, origin, options.Value.Sessions.HandleLifetime, resumption.Transparent is true, time, logger)
                    : null,
                (sessionEnd < connectionEnd ? sessionEnd : connectionEnd) - now,
                sessionEnd <= connectionEnd,
                FrameType(first.IsGuideConfig),
                pinsContext,
                isLocked,
                isAsSent,
                use);
        }
        catch
        {
            lease.Dispose();
            if (place is not null)
                await place.DisposeAsync().ConfigureAwait(false);
            if (use is not null)
                await use.ReturnAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static int? Least(int? one, int? other) => one is null ? other : other is null ? one : Math.Min(one.Value, other.Value);

    private static CheckpointState NoState { get; } = new(new object(), codec: null);

    /// <summary>Reads what the other servers have used of a daily limit.</summary>
    private async ValueTask RefreshUsageAsync(Caller caller, MessageAdmission? admission, CancellationToken cancellationToken)
    {
        if (admission?.MinutesPerDay is null && (caller.Key is null || !UsageTracker.HasQuota(caller.Key)))
            return;
        try
        {
            await usage.RefreshAsync([caller.KeyId], cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException) when (options.Value.Sessions.AdmitWithoutStorage)
        {
            // What this server knows decides.
        }
    }

    private DateTimeOffset ConnectionEnd(Caller caller, DateTimeOffset now, MessageAdmission? admission)
    {
        var end = now + (admission?.MaxDuration ?? options.Value.Sessions.ConnectionLifetime);
        if (caller.Token is { } token && token.ExpireTime < end)
            end = token.ExpireTime;
        if (options.Value.SignIn.EndAtExpiry && caller.Expires < end)
            end = caller.Expires.Value;
        if (Least(caller.Key?.Limits.MinutesPerDay, admission?.MinutesPerDay) is not { } minutes)
            return end;
        var left = TimeSpan.FromMinutes(minutes) - TimeSpan.FromMilliseconds(usage.UsageToday(caller.KeyId).Milliseconds);
        return now + left < end ? now + left : end;
    }

    private async ValueTask<Caller> RecheckAsync(Caller caller, CancellationToken cancellationToken)
    {
        var (refusal, now) = await callers.RecheckAsync(caller, cancellationToken).ConfigureAwait(false);
        return refusal is null ? now : throw new LiveCloseException(refusal.Close);
    }

    private async ValueTask<TokenUse?> TakeUseAsync(Caller caller, string connectionId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (caller.Token is not { } token)
            return null;
        if (token.NewSessionExpireTime <= now)
            throw new LiveCloseException(LiveClose.TokenTooLate);
        if (token.Uses is null)
            return null;
        return await tokens.RedeemAsync(token.Id, connectionId, cancellationToken).ConfigureAwait(false)
            ? new TokenUse(tokens, token.Id, connectionId, logger)
            : throw new LiveCloseException(LiveClose.TokenUsedUp);
    }

    private async ValueTask<SessionCheckpoint> FindAsync(
        string handle, string model, Caller caller, bool isLimited, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!seal.TryOpen(handle, out var sessionId, out var serial, out var expires))
            throw new LiveCloseException(LiveClose.InvalidHandle);
        if (expires <= now
            || await sessions.FindAsync(sessionId, serial, cancellationToken).ConfigureAwait(false) is not { } checkpoint
            || (isLimited && checkpoint.Started + options.Value.Sessions.SessionLifetime <= now))
        {
            throw new LiveCloseException(LiveClose.SessionNotFound);
        }

        return checkpoint.Model == model && checkpoint.Owner == caller.Owner && caller.MayContinue(checkpoint.CredentialId) ? checkpoint : throw new LiveCloseException(LiveClose.InvalidHandle);
    }

    private async ValueTask<long> ClaimAsync(SessionCheckpoint checkpoint, CancellationToken cancellationToken) =>
        await sessions.ClaimAsync(checkpoint.SessionId, cancellationToken).ConfigureAwait(false) ?? throw new LiveCloseException(LiveClose.SessionNotFound);

    private WebSocketMessageType FrameType(bool isGuideConfig) => options.Value.Frames switch
    {
        LiveFrameKind.Text => WebSocketMessageType.Text,
        LiveFrameKind.Binary => WebSocketMessageType.Binary,
        _ => isGuideConfig ? WebSocketMessageType.Text : WebSocketMessageType.Binary,
    };
}
