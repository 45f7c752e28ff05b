using Parley.Assistant.Functions;
using Parley.Assistant.Intents;
using Parley.Assistant.Languages;
using Parley.Cascade.Answering;

namespace Parley.Assistant.Rules;

/// <summary>
/// One turn of the script, in this order: function results are told; explicit calls are made; an answer to our question
/// for an argument completes a call; words to repeat are repeated; a plain request calls the function it names; the
/// first intent that understands answers; else the script says what it heard.
/// </summary>
internal static class RuleSet
{
    public static RuleReply Answer(RuleTurn turn)
    {
        var told = string.Join(' ', turn.Tail.Results.Select(result =>
            ResultSpeech.Tell(turn.Tail.FindCall(result.CallId)?.Name ?? "", result, turn.Language)));
        if (told.Length > 0 && turn.Heard.IsEmpty)
        {
            return new RuleReply(turn.ReplyId, told, []);
        }

        var reply = AnswerWords(turn);
        return told.Length > 0 ? reply with { Text = $"{told} {reply.Text}".TrimEnd() } : reply;
    }

    private static RuleReply AnswerWords(RuleTurn turn)
    {
        var desk = new FunctionDesk(turn);
        if (desk.FollowExplicitRequests() || desk.FollowAnswer())
        {
            return new RuleReply(turn.ReplyId, desk.Text, desk.Calls);
        }

        if (RepeatIntent.Answer(turn) is { } repeated)
        {
            return new RuleReply(turn.ReplyId, repeated, []);
        }

        return desk.FollowPlainRequests()
            ? new RuleReply(turn.ReplyId, desk.Text, desk.Calls)
            : new RuleReply(turn.ReplyId, IntentTable.Answer(turn), []);
    }
}
