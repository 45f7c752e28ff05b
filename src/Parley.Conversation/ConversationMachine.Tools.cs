using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>Results of function calls, and open calls at an interruption.</summary>
public sealed partial class ConversationMachine
{
    private void OnToolResponse(ToolResponse message, TimeSpan now)
    {
        var interrupts = false;
        foreach (var response in message.FunctionResponses ?? [])
        {
            switch (_tools.Answer(response, out var call, out var complete))
            {
                case CallAnswer.Malformed:
                    Close(InvalidArgument);
                    return;
                case CallAnswer.Unknown when _isResumed:
                    // Its call was made after the checkpoint this conversation was resumed from, and is lost.
                    _effects.Ignored("a response to a function call of the previous connection");
                    break;
                case CallAnswer.Unknown:
                    Close("Requested entity was not found.", 1008);
                    return;
                case CallAnswer.Late:
                    _effects.Ignored("a response to a function call that was answered or cancelled before");
                    break;
                case CallAnswer.NonBlocking:
                    _results.Add((call!, complete));
                    _resultWantsAnswer |= complete.EffectiveScheduling != Scheduling.Silent;
                    interrupts |= complete.EffectiveScheduling == Scheduling.Interrupt;
                    _resultTalksOverUser |= interrupts && _options.InterruptTalksOverUser;
                    break;
                case CallAnswer.Blocking:
                    break;
            }
        }
        // Only output is interrupted: while the model waits for a blocking call there is none, and the call is still needed.
        if (interrupts && _output.State is (OutputState.Generating or OutputState.Playing))
            Interrupt(now);
        ContinueWithAnswers();
        if (_output.State == OutputState.Idle)
            AppendResults();
        Settle();
    }

    // Continues the turn once every blocking call is answered.
    private void ContinueWithAnswers()
    {
        if (_tools.TakeBlockingAnswers() is not { } answers)
            return;
        AppendTurn();
        _history.Append(new Content { Role = "model", Parts = _blockingCalls });
        _history.Append(new Content { Role = "user", Parts = answers.ConvertAll(answer => new Part { FunctionResponse = answer }) });
        _blockingCalls = [];
        AppendResults();
        if (_output.State == OutputState.AwaitingTools)
            StartGeneration();
        else
            _resultWantsAnswer = true;
    }

    private void CancelBlockingCalls()
    {
        _blockingCalls = [];
        if (_tools.CancelBlocking() is { Count: > 0 } ids)
            _effects.Send(new LiveSessionResponse { ToolCallCancellation = new ToolCallCancellation { Ids = ids } });
    }

    private void AppendResults()
    {
        foreach (var (call, result) in _results)
        {
            // Compression may have dropped the call; a result needs its call.
            if (!_history.HasCall(call.Id!))
                _history.Append(new Content { Role = "model", Parts = [new Part { FunctionCall = call }] });
            _history.Append(new Content { Role = "user", Parts = [new Part { FunctionResponse = result }] });
        }
        _results.Clear();
    }
}
