using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Parley.Conversation;
using Parley.Speech;

namespace Parley.Server.Cascade;

/// <summary>
/// A model that runs on this machine: activity detection, any <see cref="IChatClient"/> as brain, and a synthesizer as voice, around the
/// turn-taking of <see cref="ConversationMachine"/>.
/// </summary>
/// <param name="brain">Answers; tools are declared to it and never run by it.</param>
/// <param name="synthesizer">Speaks.</param>
/// <param name="options">Behaviour.</param>
/// <param name="timeProvider">All time.</param>
/// <param name="logger">Faults of brain and voice.</param>
public sealed class CascadeModel(
    IChatClient brain, ISpeechSynthesizer synthesizer, CascadeOptions options, TimeProvider timeProvider, ILogger<CascadeModel> logger) : ILiveModel
{
    internal IChatClient Brain => brain;

    internal ISpeechSynthesizer Synthesizer => synthesizer;

    internal CascadeOptions Options => options;

    internal TimeProvider TimeProvider => timeProvider;

    internal ILogger Logger => logger;

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
            DelaysTurnComplete = options.DelayTurnComplete,
            CallIdPrefix = $"function-call-{start.ConnectionId}",
        };
        return new(new CascadeSession(this, conversation, output, start.ResumeFrom as ConversationState));
    }
}
