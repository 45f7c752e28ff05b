using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Telemetry;

namespace Parley.Server.Relay;

/// <summary>
/// Answers by asking an upstream: any Live server, with the operator's key. What a client says goes there as it is, and back; see
/// <see cref="RelaySession"/>. Setups are judged by the upstream, and before it by the key's policy.
/// </summary>
internal sealed class RelayModel : ILiveModel
{
    private readonly ConcurrentDictionary<string, RelaySession> _running = new(StringComparer.Ordinal);
    private readonly AppliedPolicy[] _policies;
    private readonly AppliedPolicy _otherwise;
    private readonly UsageTracker _ledger;

    public RelayModel(
        IOptions<RelayOptions> options, IOptions<LiveApiOptions> limits, UpstreamDialer dialer, UpstreamPool pool, KeyRing keys, UsageTracker ledger, LiveMetrics metrics, TimeProvider time,
        ILogger<RelayModel> logger)
    {
        Limits = limits.Value;
        (Options, Dialer, Pool, Metrics, Time, Logger, _ledger) = (options.Value, dialer, pool, metrics, time, logger, ledger);
        _policies = [.. Options.Policies.Values.Select(policy => new AppliedPolicy(policy, keys))];
        _otherwise = new AppliedPolicy(Options.Policy, keys);
        metrics.ObserveResting(pool.Resting);
    }

    internal RelayOptions Options { get; }

    /// <summary>What clients may send holds for relayed sessions too.</summary>
    internal LiveApiOptions Limits { get; }

    internal UpstreamDialer Dialer { get; }

    internal UpstreamPool Pool { get; }

    internal LiveMetrics Metrics { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    /// <summary>Holds a setup against the policy of its key.</summary>
    /// <param name="asked">The setup of client and token.</param>
    /// <param name="model">Its model as <c>models/x</c>.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="version">Version in the path.</param>
    /// <param name="isGuideConfig">The client used the guide's form, which no upstream need know.</param>
    /// <exception cref="LiveCloseException">The key may not ask for it, or not any more today.</exception>
    internal RelayAdmission Admit(Setup asked, string model, Caller caller, string version, bool isGuideConfig)
    {
        var policy = Array.Find(_policies, p => p.HoldsFor(caller.KeyId)) ?? _otherwise;
        var setup = policy.Apply(asked, model, version);
        var longest = policy.LongestSession;
        if (policy.MinutesPerDay is { } minutes)
        {
            var left = TimeSpan.FromMinutes(minutes) - TimeSpan.FromMilliseconds(_ledger.TodayOf(caller.KeyId).Milliseconds);
            if (left <= TimeSpan.Zero)
                throw new LiveCloseException(LiveClose.QuotaExceeded);
            longest = left < longest ? left : longest;
        }
        return new RelayAdmission(setup, longest, new RelayStart(version, IsAsSent: !caller.IsLocked && !isGuideConfig && ReferenceEquals(setup, asked), PinsContext: caller.PinsContext || policy.PinsContext));
    }

    public async ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken)
    {
        var relay = start.Relay ?? throw new InvalidOperationException("A relay is started with the client's own frame.");
        var setup = relay is { IsAsSent: true, Frame: { } frame } ? SetupFrame.Of(frame.Payload.Span, frame.Type) : SetupFrame.Of(start.Setup);
        try
        {
            var (opened, handle) = start.ResumeFrom is RelayState state
                ? await ResumeAsync(state, start.SessionId, setup, relay.Version, cancellationToken).ConfigureAwait(false)
                : (await Dialer.OpenAsync(setup, relay.Version, cancellationToken).ConfigureAwait(false), null);
            var session = new RelaySession(this, start with { Relay = relay with { Frame = null } }, setup, opened, handle);
            _running[start.SessionId] = session;
            return session;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody is there to see it.
            throw new LiveCloseException(LiveClose.Aborted);
        }
    }

    internal void Ended(string sessionId, RelaySession session) => _running.TryRemove(new KeyValuePair<string, RelaySession>(sessionId, session));

    // The old connection may still stand because nobody noticed that its client is gone; resuming beside it is refused upstream.
    private async Task<(OpenedUpstream, string?)> ResumeAsync(RelayState state, string sessionId, SetupFrame setup, string version, CancellationToken cancellationToken)
    {
        if (_running.TryGetValue(sessionId, out var old))
            await old.ReleaseAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        var upstream = Pool.Find(state.Upstream) ?? throw new LiveCloseException(LiveClose.SessionNotFound);
        return (await Dialer.OpenOnAsync(upstream, setup.With(state.Handle), setup.Type, version, cancellationToken).ConfigureAwait(false), state.Handle);
    }
}

/// <summary>From what a relayed session can be resumed: stands behind the handle a client has.</summary>
/// <param name="Upstream">Name of the upstream that gave the handle.</param>
/// <param name="Handle">Its handle.</param>
internal sealed record RelayState(string Upstream, string Handle);

/// <summary>What a relay must know of the client's first message.</summary>
/// <param name="Version">Version in the path.</param>
/// <param name="IsAsSent">The effective setup is what the client's frame says.</param>
/// <param name="PinsContext">No later message may change instruction or tools.</param>
internal sealed record RelayStart(string Version, bool IsAsSent, bool PinsContext)
{
    /// <summary>The client's frame; valid while the model starts.</summary>
    internal WireMessage? Frame { get; init; }
}

/// <summary>A session that may be relayed.</summary>
/// <param name="Setup">The effective setup.</param>
/// <param name="Longest">How long it may last.</param>
/// <param name="Start">What the relay must know.</param>
internal sealed record RelayAdmission(Setup Setup, TimeSpan Longest, RelayStart Start);
