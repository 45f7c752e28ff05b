using System.Text;
using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Extensions.AI.Mapping;

/// <summary>
/// Maps updates of the session to messages of the abstraction. The Live API has turns, the abstraction has responses with ids: a response
/// begins with the first output or call of a turn and ends with the turn. Used by one thread at a time.
/// </summary>
internal sealed class ServerMessages(OpenCalls calls, bool automaticTools, bool encodeAudio)
{
    private readonly Queue<RealtimeServerMessage> _ready = new();
    private readonly StringBuilder _inputTranscript = new();
    private readonly StringBuilder _outputTranscript = new();
    private readonly StringBuilder _text = new();
    private int _responses;
    private bool _open, _hasAudio, _interrupted;
    private string _responseId = "", _itemId = "";

    internal bool TryTake(out RealtimeServerMessage message) => _ready.TryDequeue(out message!);

    internal void Read(LiveUpdate update)
    {
        switch (update)
        {
            case AudioUpdate audio:
                Open(update);
                _hasAudio = true;
                Add(new LiveAudioMessage(audio) { Audio = encodeAudio ? Convert.ToBase64String(audio.Pcm.Span) : null });
                break;
            case TextUpdate text:
                Open(update);
                _text.Append(text.Text);
                Add(new OutputTextAudioRealtimeServerMessage(RealtimeServerMessageType.OutputTextDelta) { Text = text.Text, RawRepresentation = update });
                break;
            case OutputTranscriptUpdate transcript:
                ReadOutputTranscript(transcript);
                break;
            case InputTranscriptUpdate transcript:
                ReadInputTranscript(transcript);
                break;
            case ThoughtUpdate thought:
                Open(update);
                AddItem(LiveMessageTypes.Thought, [new TextReasoningContent(thought.Text)], update);
                break;
            case ToolCallUpdate call:
                ReadCalls(call);
                break;
            case ToolCallCancelledUpdate cancelled:
                calls.Cancel(cancelled.Ids);
                Add(LiveMessageTypes.ToolCallCancelled, update);
                break;
            case GenerationCompleteUpdate:
                EndParts(update);
                Add(LiveMessageTypes.GenerationComplete, update);
                break;
            case InterruptedUpdate:
                _interrupted = true;
                Add(LiveMessageTypes.Interrupted, update);
                break;
            case TurnCompleteUpdate turn:
                ReadTurnComplete(turn);
                break;
            case ErrorUpdate error:
                AddError(error.Error.Message ?? "", error.Error.Status ?? error.Error.Code?.ToString(System.Globalization.CultureInfo.InvariantCulture), update);
                break;
            case SessionEndedUpdate ended:
                ReadEnd(ended);
                break;
            default:
                Add(TypeOf(update), update);
                break;
        }
    }

    private static RealtimeServerMessageType TypeOf(LiveUpdate update) => update switch
    {
        UsageUpdate => LiveMessageTypes.Usage,
        VoiceActivityUpdate => LiveMessageTypes.VoiceActivity,
        ReconnectingUpdate => LiveMessageTypes.Reconnecting,
        ReconnectedUpdate => LiveMessageTypes.Reconnected,
        InterimInputTranscriptUpdate => LiveMessageTypes.InterimTranscription,
        _ => LiveMessageTypes.Other,
    };

    private void ReadOutputTranscript(OutputTranscriptUpdate transcript)
    {
        if (transcript.Text.Length == 0)
            return;
        Open(transcript);
        _outputTranscript.Append(transcript.Text);
        Add(new OutputTextAudioRealtimeServerMessage(RealtimeServerMessageType.OutputAudioTranscriptionDelta) { Text = transcript.Text, RawRepresentation = transcript });
    }

    private void ReadInputTranscript(InputTranscriptUpdate transcript)
    {
        if (transcript.Text.Length > 0)
        {
            _inputTranscript.Append(transcript.Text);
            AddInputTranscript(RealtimeServerMessageType.InputAudioTranscriptionDelta, transcript.Text, transcript);
        }
        if (transcript.Finished)
            EndInputTranscript(transcript);
    }

    private void ReadCalls(ToolCallUpdate update)
    {
        Open(update);
        if (!automaticTools)
            calls.Add(update.Calls);
        // "Done" asks the consumer to answer. If the session runs the functions itself, the calls are only informational.
        AddItem(
            automaticTools ? RealtimeServerMessageType.ResponseOutputItemAdded : RealtimeServerMessageType.ResponseOutputItemDone,
            [.. update.Calls.Select(call => FunctionResults.ToContent(call, automaticTools))],
            update);
    }

    private void ReadTurnComplete(TurnCompleteUpdate turn)
    {
        EndInputTranscript(turn);
        Open(turn);
        EndParts(turn);
        var blocked = turn.Reason is { } reason && reason != TurnCompleteReason.Unspecified && reason != TurnCompleteReason.NeedMoreInput;
        EndResponse(
            _interrupted ? RealtimeResponseStatus.Cancelled : blocked ? RealtimeResponseStatus.Incomplete : RealtimeResponseStatus.Completed,
            blocked ? new ErrorContent("The service blocked the answer.") { ErrorCode = turn.Reason!.Value.Value } : null,
            turn.Usage,
            turn);
    }

    private void ReadEnd(SessionEndedUpdate ended)
    {
        var end = ended.End;
        EndInputTranscript(ended);
        if (_open)
        {
            EndParts(ended);
            EndResponse(
                end.Cause == EndCause.ByClient ? RealtimeResponseStatus.Cancelled : RealtimeResponseStatus.Failed, ErrorOf(end), usage: null, ended);
        }
        if (!end.IsNormal)
            AddError(ErrorOf(end)!.Message, end.Cause.ToString(), ended);
        Add(LiveMessageTypes.SessionEnded, ended);
    }

    private static ErrorContent? ErrorOf(SessionEnd end) => end.IsNormal ? null : new ErrorContent(
        string.Join(' ', new[] { end.Reason, end.Hint }.Where(static text => text.Length > 0)) is { Length: > 0 } text ? text : end.ToString())
    {
        ErrorCode = end.Cause.ToString(),
    };

    private void Open(LiveUpdate update)
    {
        if (_open)
            return;
        _open = true;
        _responses++;
        _responseId = $"response_{_responses}";
        _itemId = $"item_{_responses}";
        _ready.Enqueue(new ResponseCreatedRealtimeServerMessage(RealtimeServerMessageType.ResponseCreated) { ResponseId = _responseId, RawRepresentation = update });
    }

    private void EndParts(LiveUpdate update)
    {
        if (_hasAudio)
            Add(new OutputTextAudioRealtimeServerMessage(RealtimeServerMessageType.OutputAudioDone) { RawRepresentation = update });
        EndText(_outputTranscript, RealtimeServerMessageType.OutputAudioTranscriptionDone, update);
        EndText(_text, RealtimeServerMessageType.OutputTextDone, update);
        _hasAudio = false;
    }

    private void EndText(StringBuilder text, RealtimeServerMessageType type, LiveUpdate update)
    {
        if (text.Length > 0)
            Add(new OutputTextAudioRealtimeServerMessage(type) { Text = text.ToString(), RawRepresentation = update });
        text.Clear();
    }

    private void EndResponse(string status, ErrorContent? error, UsageMetadata? usage, LiveUpdate update)
    {
        _ready.Enqueue(new ResponseCreatedRealtimeServerMessage(RealtimeServerMessageType.ResponseDone)
        {
            ResponseId = _responseId,
            Status = status,
            Error = error,
            Usage = UsageMapping.ToDetails(usage),
            RawRepresentation = update,
        });
        (_open, _interrupted) = (false, false);
    }

    // The end mark is often missing: then the transcript ends with the answer.
    private void EndInputTranscript(LiveUpdate update)
    {
        if (_inputTranscript.Length > 0)
            AddInputTranscript(RealtimeServerMessageType.InputAudioTranscriptionCompleted, _inputTranscript.ToString(), update);
        _inputTranscript.Clear();
    }

    private void AddInputTranscript(RealtimeServerMessageType type, string text, LiveUpdate update) =>
        _ready.Enqueue(new InputAudioTranscriptionRealtimeServerMessage(type) { Transcription = text, RawRepresentation = update });

    private void AddItem(RealtimeServerMessageType type, List<AIContent> contents, LiveUpdate update) =>
        _ready.Enqueue(new ResponseOutputItemRealtimeServerMessage(type)
        {
            ResponseId = _responseId,
            OutputIndex = 0,
            Item = new RealtimeConversationItem(contents, _itemId, ChatRole.Assistant) { RawRepresentation = update },
            RawRepresentation = update,
        });

    private void AddError(string message, string? code, LiveUpdate update) =>
        _ready.Enqueue(new ErrorRealtimeServerMessage
        {
            Type = RealtimeServerMessageType.Error,
            Error = new ErrorContent(message) { ErrorCode = code },
            RawRepresentation = update,
        });

    private void Add(RealtimeServerMessageType type, LiveUpdate update) => _ready.Enqueue(new LiveUpdateMessage(type, update));

    private void Add(OutputTextAudioRealtimeServerMessage message)
    {
        (message.ResponseId, message.ItemId, message.OutputIndex, message.ContentIndex) = (_responseId, _itemId, 0, 0);
        _ready.Enqueue(message);
    }
}
