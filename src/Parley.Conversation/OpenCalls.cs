using System.Globalization;
using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>
/// Open function calls of a conversation: open -> answered, or open -> cancelled. A call is answered once (a NON_BLOCKING one until
/// willContinue is false), and never after it was cancelled.
/// </summary>
internal sealed class OpenCalls(ConversationOptions options, int issuedBefore)
{
    private readonly Dictionary<string, OpenCall> _open = [];

    internal int Issued { get; private set; } = issuedBefore;

    internal bool HasOpen => _open.Count > 0;

    internal bool HasOpenBlocking { get; private set; }

    /// <summary>Opens a call and assigns its id; null if too many are open.</summary>
    internal FunctionCall? Open(FunctionCall call, IReadOnlyList<FunctionDeclaration> functions, out bool blocking)
    {
        var behavior = functions.FirstOrDefault(function => function.Name == call.Name)?.Behavior;
        if (behavior is null || behavior == Behavior.Unspecified)
            behavior = options.DefaultBehavior;
        blocking = behavior != Behavior.NonBlocking;
        if (_open.Count >= options.MaxOpenCalls)
            return null;
        var issued = call with { Id = $"{options.CallIdPrefix}-{++Issued}" };
        _open[issued.Id!] = new OpenCall(issued, blocking);
        HasOpenBlocking |= blocking;
        return issued;
    }

    internal CallAnswer Answer(FunctionResponse response, out FunctionCall? answered, out FunctionResponse complete)
    {
        answered = null;
        complete = response;
        if (response.Id is not { Length: > 0 } id)
            return CallAnswer.Malformed;
        if (!_open.TryGetValue(id, out var call))
            return WasIssued(id) ? CallAnswer.Late : CallAnswer.Unknown;
        if (call.Blocking && call.Answer is not null)
            return CallAnswer.Late;
        answered = call.Call;
        complete = response.Name is { Length: > 0 } ? response : response with { Name = call.Call.Name };
        if (call.Blocking)
        {
            call.Answer = complete;
            return CallAnswer.Blocking;
        }
        if (response.WillContinue is not true)
            Close(id);
        return CallAnswer.NonBlocking;
    }

    /// <summary>Removes the blocking calls and returns their responses once all are answered; null before.</summary>
    internal List<FunctionResponse>? TakeBlockingAnswers()
    {
        var calls = _open.Values.Where(call => call.Blocking).ToList();
        if (calls.Count == 0 || calls.Any(call => call.Answer is null))
            return null;
        foreach (var call in calls)
            Close(call.Call.Id!);
        return calls.ConvertAll(call => call.Answer!);
    }

    /// <summary>Cancels open blocking calls and returns the ids of those not answered yet.</summary>
    internal List<string> CancelBlocking()
    {
        var calls = _open.Values.Where(call => call.Blocking).ToList();
        foreach (var call in calls)
            Close(call.Call.Id!);
        return [.. calls.Where(call => call.Answer is null).Select(call => call.Call.Id!)];
    }

    private void Close(string id)
    {
        _open.Remove(id);
        HasOpenBlocking = _open.Values.Any(call => call.Blocking);
    }

    // Numbers increase, so a late response is distinguished from an invented one without remembering ids.
    private bool WasIssued(string id) =>
        id.LastIndexOf('-') is >= 0 and var dash
        && id.AsSpan(0, dash).SequenceEqual(options.CallIdPrefix)
        && int.TryParse(id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number > 0 && number <= Issued;

    private sealed class OpenCall(FunctionCall call, bool blocking)
    {
        internal FunctionCall Call { get; } = call;

        internal bool Blocking { get; } = blocking;

        internal FunctionResponse? Answer { get; set; }
    }
}

/// <summary>Kinds of responses to function calls.</summary>
internal enum CallAnswer
{
    Blocking,
    NonBlocking,

    /// <summary>The call was cancelled or answered already.</summary>
    Late,

    /// <summary>The id was never issued.</summary>
    Unknown,

    /// <summary>There is no id.</summary>
    Malformed,
}
