using Parley.Conversation;
using Parley.Protocol;
using Parley.Server;
using Parley.Testing.Journal;

namespace Parley.Testing.Scenarios;

/// <summary>A model that follows a <see cref="Scenario"/>. Turn-taking is that of the server's own conversations.</summary>
/// <param name="tests">The scenario and the quirks of a caller.</param>
/// <param name="options">Options of the server.</param>
/// <param name="journal">Numbers the connections.</param>
/// <param name="time">The clock of the server.</param>
internal sealed class ScenarioModel(
    Func<LiveCaller?, (Scenario Scenario, QuirkSet Quirks)> tests, LiveTestServerOptions options, WireJournal journal, TimeProvider time) : ILiveModel
{
    internal LiveTestServerOptions Options => options;

    internal TimeProvider Time => time;

    public ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken)
    {
        var profile = start.Profile;
        var (scenario, quirks) = tests(start.Caller);
        var connection = journal.NumberOf(start.ConnectionId);
        var checkpoint = start.ResumeFrom as ScenarioCheckpoint;
        var conversation = new ConversationOptions
        {
            Setup = start.Setup,
            DefaultBehavior = quirks.IsEnabled(Quirk.NonBlockingCalls) && profile.AllowsNonBlocking ? Behavior.NonBlocking : profile.DefaultBehavior,
            DefaultTurnCoverage = profile.DefaultTurnCoverage,
            ClientContentIsHistoryOnly = profile.ClientContent == ClientContentRule.InitialHistoryOnly,
            CompletesTurnAfterToolCall = profile.CompletesTurnAfterToolCall,
            InputCancelsCalls = profile.InputCancelsCalls || quirks.IsEnabled(Quirk.InputCancelsCalls),
            InterruptTalksOverUser = profile.InterruptTalksOverUser || quirks.IsEnabled(Quirk.InterruptTalksOverUser),
            ReportsInteractionStatus = profile.ReportsInteractionStatus,
            ContextWindowTokens = profile.ContextWindowTokens,
            CallIdPrefix = $"call-{connection}",
        };
        return new(new ScenarioSession(this, scenario, conversation, output, connection, checkpoint) { IsUnpaced = quirks.IsEnabled(Quirk.FastAnswers) });
    }
}

/// <summary>State of a session between two turns.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Turns">Turns so far.</param>
internal sealed record ScenarioCheckpoint(ConversationState Conversation, int Turns);
