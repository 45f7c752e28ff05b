using Parley.Assistant.Functions;
using Parley.Assistant.Intents;

namespace Parley.Assistant.Rules;

/// <summary>
/// Answers one turn. In this order: function results are spoken; explicit calls are made; a reply to our question for an argument completes
/// a call; words to repeat are repeated; a plain request calls the function it names; the first intent that matches answers; otherwise the
/// assistant says what it heard.
/// </summary>
internal static class RuleSet
{
    public static AssistantReply Answer(TurnContext turn)
    {
        var results = string.Join(' ', turn.Tail.Results.Select(result =>
            ResultSpeech.Describe(turn.Tail.FindCall(result.CallId)?.Name ?? "", result, turn.Language, turn.Tail.AskedFor)));
        if (results.Length > 0 && turn.Heard.IsEmpty)
            return new AssistantReply(turn.ReplyId, results, []);
        var reply = AnswerWords(turn);
        return results.Length > 0 ? reply with { Text = $"{results} {reply.Text}".TrimEnd() } : reply;
    }

    private static AssistantReply AnswerWords(TurnContext turn)
    {
        var planner = new FunctionCallPlanner(turn);
        if (planner.PlanExplicitCalls() || planner.CompleteAskedCall())
            return new AssistantReply(turn.ReplyId, planner.Text, planner.Calls);
        if (RepeatIntent.Answer(turn) is { } repeated)
            return new AssistantReply(turn.ReplyId, repeated, []);
        // "How do you spell weather" asks for letters, whatever is declared.
        if (SpellingIntent.Answer(turn) is { } spelled && !turn.Functions.Any(function => function.NameWords.Contains("spell")))
            return new AssistantReply(turn.ReplyId, spelled, []);
        return planner.PlanRequestedCalls()
            ? new AssistantReply(turn.ReplyId, planner.Text, planner.Calls)
            : new AssistantReply(turn.ReplyId, IntentTable.Answer(turn), []);
    }
}
