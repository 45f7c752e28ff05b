using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Telemetry;

namespace Parley.Server.Relay;

/// <summary>
/// The model that relays to an upstream: any Live server, with the operator's key. Messages are forwarded unchanged in both directions; see
/// <see cref="RelaySession"/>. Setups are checked by the policy of the key, then by the upstream.
/// </summary>
internal sealed class RelayModel : IMessageModel
{
    private readonly ConcurrentDictionary<string, RelaySession> _running = new(StringComparer.Ordinal);
    private readonly ParsedRelayPolicy[] _policies;
    private readonly ParsedRelayPolicy _defaultPolicy;

    public RelayModel(
        IOptions<RelayOptions> options, UpstreamDialer dialer, UpstreamPool pool, LiveMetrics metrics, TimeProvider time, ILogger<RelayModel> logger)
    {
        (Options, Dialer, Pool, Metrics, Time, Logger) = (options.Value, dialer, pool, metrics, time, logger);
        _policies = [.. Options.Policies.Values.Select(static policy => new ParsedRelayPolicy(policy))];
        _defaultPolicy = new ParsedRelayPolicy(Options.Policy);
        metrics.ObserveCoolingDown(pool.CountCoolingDown);
    }

    internal RelayOptions Options { get; }

    internal UpstreamDialer Dialer { get; }

    internal UpstreamPool Pool { get; }

    internal LiveMetrics Metrics { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    public MessageAdmission Admit(MessageSetup setup)
    {
        var policy = Array.Find(_policies, p => p.AppliesTo(setup.Caller)) ?? _defaultPolicy;
        return new MessageAdmission(policy.Apply(setup.Setup, setup.Model, setup.ApiVersion))
        {
            MaxDuration = policy.LongestSession,
            MinutesPerDay = policy.MinutesPerDay,
            PinsContext = policy.PinsContext,
            RefusesUnknown = policy.RefusesUnknown,
        };
    }

    public async ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken)
    {
        var setup = start.FirstMessage is { } first ? RelayedSetup.Of(first.Payload.Span, first.Type) : RelayedSetup.Of(start.Setup);
        try
        {
            var (opened, handle) = start.ResumeFrom is RelayState state
                ? await ResumeAsync(state, start, setup, cancellationToken).ConfigureAwait(false)
                : (await Dialer.OpenAsync(setup, start, cancellationToken).ConfigureAwait(false), null);
            var session = new RelaySession(this, start with { FirstMessage = null }, setup, opened, handle);
            _running[start.SessionId] = session;
            return session;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client has left, so the close is never sent.
            throw new LiveCloseException(LiveClose.Aborted);
        }
    }

    internal void Ended(string sessionId, RelaySession session) => _running.TryRemove(new KeyValuePair<string, RelaySession>(sessionId, session));

    // The old connection may still be open because the loss of its client was not noticed; the upstream refuses to resume beside it.
    private async Task<(OpenedUpstream, string?)> ResumeAsync(RelayState state, LiveModelStart start, RelayedSetup setup, CancellationToken cancellationToken)
    {
        if (_running.TryGetValue(start.SessionId, out var old))
            await old.ReleaseAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        var upstream = Pool.Find(state.Upstream) ?? throw new LiveCloseException(LiveClose.SessionNotFound);
        return (await Dialer.OpenOnAsync(upstream, setup.With(state.Handle), setup.Type, start, cancellationToken).ConfigureAwait(false), state.Handle);
    }
}

/// <summary>The checkpoint of a relayed session, which a client's handle refers to.</summary>
/// <param name="Upstream">Name of the upstream that issued the handle.</param>
/// <param name="Handle">Its handle.</param>
internal sealed record RelayState(string Upstream, string Handle);
