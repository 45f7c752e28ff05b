using Parley.Client;

namespace Parley.Cli.Calls;

/// <summary>Tells a fact, as a sentence and as data.</summary>
internal delegate void TellFact(string kind, string sentence, params ReadOnlySpan<(string Name, object? Value)> data);

/// <summary>What happens in a call besides what is said, in the words of every command.</summary>
internal static class CallFacts
{
    internal static void Tell(LiveUpdate update, TellFact tell)
    {
        switch (update)
        {
            case ToolCallUpdate calls:
                foreach (var call in calls.Calls)
                    tell("toolCall", $"calls {call.Name}({call.Args})", ("name", call.Name), ("args", call.Args));
                break;
            case ToolFailedUpdate failed:
                tell("toolFailed", $"{failed.Call.Name} failed: {failed.Message}", ("name", failed.Call.Name), ("message", failed.Message));
                break;
            case ToolCallCancelledUpdate cancelled:
                tell("toolCallCancellation", "calls cancelled", ("ids", cancelled.Ids));
                break;
            case GoAwayUpdate goAway:
                tell("goAway", $"the server will close in {goAway.TimeLeft.TotalSeconds:0} s", ("timeLeftSeconds", goAway.TimeLeft.TotalSeconds));
                break;
            case ReconnectingUpdate lost:
                tell(
                    "reconnecting", lost.IsPlanned ? "changing to a new connection" : $"the connection is gone ({lost.Cause}), reconnecting",
                    ("cause", lost.Cause.ToString()), ("planned", lost.IsPlanned));
                break;
            case ReconnectedUpdate again:
                tell(
                    "reconnected", $"reconnected in {again.Took.TotalMilliseconds:0} ms, {Describe(again.Lost)}",
                    ("resumed", again.IsResumed), ("nothingLost", again.Lost.IsNothing), ("ms", Math.Round(again.Took.TotalMilliseconds, 1)));
                break;
        }
    }

    private static string Describe(ReconnectLoss lost) =>
        lost.IsNothing ? "nothing was lost"
        : lost.Conversation ? "the model has forgotten the conversation"
        : lost.Answer ? "an answer was cut"
        : $"lost: {lost.Audio.TotalSeconds:0.0} s of sound, {lost.Messages} messages, {lost.ToolCalls.Count} calls";
}
