using Parley.Client;

namespace Parley.Cli.Calls;

/// <summary>Reports a fact, as a sentence and as data.</summary>
internal delegate void ReportFact(string kind, string sentence, params ReadOnlySpan<(string Name, object? Value)> data);

/// <summary>Describes the events of a session other than speech, in the same words for every command.</summary>
internal static class CallFacts
{
    internal static void Report(LiveUpdate update, ReportFact report)
    {
        switch (update)
        {
            case ToolCallUpdate toolCall:
                foreach (var call in toolCall.Calls)
                    report("toolCall", $"calls {call.Name}({call.Args})", ("name", call.Name), ("args", call.Args));
                break;
            case ToolFailedUpdate failed:
                report(
                    "toolFailed", $"{failed.Call.Name} failed: {failed.Message}", ("name", failed.Call.Name), ("message", failed.Message));
                break;
            case ToolCallCancelledUpdate cancelled:
                report("toolCallCancellation", "function calls cancelled", ("ids", cancelled.Ids));
                break;
            case GoAwayUpdate goAway:
                report(
                    "goAway", $"the server will close in {goAway.TimeLeft.TotalSeconds:0} s",
                    ("timeLeftSeconds", goAway.TimeLeft.TotalSeconds));
                break;
            case ReconnectingUpdate lost:
                report(
                    "reconnecting", lost.IsPlanned ? "moving to a new connection" : $"connection lost ({lost.Cause}), reconnecting",
                    ("cause", lost.Cause.ToString()), ("planned", lost.IsPlanned));
                break;
            case ReconnectedUpdate reconnected:
                report(
                    "reconnected", $"reconnected in {reconnected.Took.TotalMilliseconds:0} ms, {Describe(reconnected.Lost)}",
                    ("resumed", reconnected.IsResumed), ("nothingLost", reconnected.Lost.IsNothing), ("ms", Math.Round(reconnected.Took.TotalMilliseconds, 1)));
                break;
        }
    }

    private static string Describe(ReconnectLoss lost) =>
        lost.IsNothing ? "nothing was lost"
        : lost.Conversation ? "the model has forgotten the conversation"
        : lost.Answer ? "an answer was cut off"
        : $"lost: {lost.Audio.TotalSeconds:0.0} s of audio, {lost.Messages} messages, {lost.ToolCalls.Count} calls";
}
