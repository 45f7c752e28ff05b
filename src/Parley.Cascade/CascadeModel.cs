using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Parley.Cascade.Answering;
using Parley.Cascade.Input;
using Parley.Cascade.Metrics;
using Parley.Conversation;
using Parley.Protocol;
using Parley.Server;
using Parley.Speech;

namespace Parley.Cascade;

/// <summary>
/// A model that runs in this process: voice activity detection, STT, any <see cref="Microsoft.Extensions.AI.IChatClient"/> as chat model,
/// and TTS, with turn-taking and barge-in. Usually created by <see cref="CascadeBuilderExtensions.UseCascade"/>.
/// </summary>
public sealed class CascadeModel : ILiveModel
{
    /// <summary>Creates the model. One instance serves any number of sessions at once.</summary>
    /// <param name="parts">The engines; the caller owns and disposes them.</param>
    /// <param name="options">Behaviour of all sessions.</param>
    /// <param name="timeProvider">Clock of all timeouts and measurements.</param>
    /// <param name="logger">Receives one line per turn, and engine failures.</param>
    /// <param name="meters">Creates the meter <see cref="CascadeTelemetry.Name"/>; null (the default) creates one directly.</param>
    public CascadeModel(
        CascadeParts parts, CascadeOptions options, TimeProvider timeProvider, ILogger<CascadeModel> logger, IMeterFactory? meters = null)
    {
        ArgumentNullException.ThrowIfNull(parts);
        (Parts, Options, TimeProvider, Logger) = (parts, options, timeProvider, logger);
        Synthesizers = parts.FallbackSynthesizer is { } fallback && fallback != parts.Synthesizer
            ? [parts.Synthesizer, fallback]
            : [parts.Synthesizer];
        BargeIn = new BargeInPolicy(options);
        Turns = new TurnMetricsReporter(logger, meters);
        SpeculatesAnswers = parts.Recognizer is not null && (options.SpeculateAnswers ?? LocalChatModel.Is(parts.ChatModel));
        HoldsPartials = options.StablePartials ?? parts.Recognizer?.HasStablePartials is not true;
    }

    internal CascadeParts Parts { get; }

    internal CascadeOptions Options { get; }

    internal TimeProvider TimeProvider { get; }

    internal ILogger Logger { get; }

    /// <summary>The synthesizer and its fallback, in the order in which they are tried.</summary>
    internal IReadOnlyList<ISpeechSynthesizer> Synthesizers { get; }

    internal BargeInPolicy BargeIn { get; }

    internal bool SpeculatesAnswers { get; }

    /// <summary>Whether interim transcripts wait until their words are stable.</summary>
    internal bool HoldsPartials { get; }

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
            InputCancelsCalls = profile.InputCancelsCalls,
            InterruptTalksOverUser = profile.InterruptTalksOverUser,
            ReportsInteractionStatus = profile.ReportsInteractionStatus,
            ContextWindowTokens = profile.ContextWindowTokens,
            DelaysTurnComplete = Options.DelayTurnComplete,
            InterruptsPlayback = true,
            CallIdPrefix = $"function-call-{start.ConnectionId}",
        };
        return new(new CascadeSession(this, start.SessionId, start.Caller, conversation, output, start.ResumeFrom as ConversationState));
    }
}
