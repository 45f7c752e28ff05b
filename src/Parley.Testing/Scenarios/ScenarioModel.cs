using Parley.Conversation;
using Parley.Server;
using Parley.Testing.Journal;

namespace Parley.Testing.Scenarios;

/// <summary>A model that follows a <see cref="Scenario"/>. Turn-taking is that of the server's own conversations.</summary>
internal sealed class ScenarioModel(Func<LiveCaller?, Scenario> scenarios, LiveTestServerOptions options, WireJournal journal, TimeProvider time) : ILiveModel
{
    internal LiveTestServerOptions Options => options;

    internal TimeProvider Time => time;

    public ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken)
    {
        var profile = start.Profile;
        var connection = journal.NumberOf(start.ConnectionId);
        var checkpoint = start.ResumeFrom as ScenarioCheckpoint;
        var conversation = new ConversationOptions
        {
            Setup = start.Setup,
            DefaultBehavior = profile.DefaultBehavior,
            DefaultTurnCoverage = profile.DefaultTurnCoverage,
            ClientContentIsHistoryOnly = profile.ClientContent == Parley.Protocol.ClientContentRule.InitialHistoryOnly,
            CompletesTurnAfterToolCall = profile.CompletesTurnAfterToolCall,
            ReportsInteractionStatus = profile.ReportsInteractionStatus,
            ContextWindowTokens = profile.ContextWindowTokens,
            CallIdPrefix = $"call-{connection}",
        };
        return new(new ScenarioSession(this, scenarios(start.Caller), conversation, output, connection, checkpoint));
    }
}

/// <summary>State of a session between two turns.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Turns">Turns so far.</param>
internal sealed record ScenarioCheckpoint(ConversationState Conversation, int Turns);
