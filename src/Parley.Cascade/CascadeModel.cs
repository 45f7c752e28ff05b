using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Parley.Cascade.Hearing;
using Parley.Cascade.Metrics;
using Parley.Conversation;
using Parley.Protocol;
using Parley.Server;
using Parley.Speech;

namespace Parley.Cascade;

/// <summary>
/// A model that runs on this machine: activity detection, a recognizer, any <see cref="Microsoft.Extensions.AI.IChatClient"/> as brain, and
/// a synthesizer as voice, around the turn-taking of <see cref="ConversationMachine"/>.
/// </summary>
public sealed class CascadeModel : ILiveModel
{
    /// <summary>Creates the model; it serves any number of sessions.</summary>
    /// <param name="parts">Its engines; the caller owns them.</param>
    /// <param name="options">Behaviour.</param>
    /// <param name="timeProvider">All time.</param>
    /// <param name="logger">A line for each turn, and the faults of the engines.</param>
    /// <param name="meters">Makes the meter of the turns; null = one of its own.</param>
    public CascadeModel(CascadeParts parts, CascadeOptions options, TimeProvider timeProvider, ILogger<CascadeModel> logger, IMeterFactory? meters = null)
    {
        ArgumentNullException.ThrowIfNull(parts);
        (Parts, Options, TimeProvider, Logger) = (parts, options, timeProvider, logger);
        Voices = parts.FallbackSynthesizer is { } fallback && fallback != parts.Synthesizer ? [parts.Synthesizer, fallback] : [parts.Synthesizer];
        Interruptions = new InterruptionRule(options);
        Turns = new TurnMetricsReporter(logger, meters);
    }

    internal CascadeParts Parts { get; }

    internal CascadeOptions Options { get; }

    internal TimeProvider TimeProvider { get; }

    internal ILogger Logger { get; }

    /// <summary>In the order in which they are tried.</summary>
    internal IReadOnlyList<ISpeechSynthesizer> Voices { get; }

    internal InterruptionRule Interruptions { get; }

    internal TurnMetricsReporter Turns { get; }

    /// <inheritdoc/>
    public ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        var profile = start.Profile;
        var conversation = new ConversationOptions
        {
            Setup = start.Setup,
            DefaultBehavior = profile.DefaultBehavior,
            DefaultTurnCoverage = profile.DefaultTurnCoverage,
            ClientContentIsHistoryOnly = profile.ClientContent == ClientContentRule.InitialHistoryOnly,
            CompletesTurnAfterToolCall = profile.CompletesTurnAfterToolCall,
            ReportsInteractionStatus = profile.ReportsInteractionStatus,
            ContextWindowTokens = profile.ContextWindowTokens,
            DelaysTurnComplete = Options.DelayTurnComplete,
            CallIdPrefix = $"function-call-{start.ConnectionId}",
        };
        return new(new CascadeSession(this, start.SessionId, conversation, output, start.ResumeFrom as ConversationState));
    }
}
