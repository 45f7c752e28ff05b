using Parley.Protocol;

namespace Parley.Client.Receiving;

/// <summary>
/// Converts messages to updates, without any I/O: bytes in, updates out, in the order that <see cref="LiveUpdate"/> documents.
/// Used by one thread at a time.
/// </summary>
internal sealed class UpdateReader
{
    private readonly AudioCarry _audio = new();
    private UsageMetadata? _turnUsage;

    /// <summary>See <see cref="AudioCarry.Pool"/>.</summary>
    internal AudioPool? Pool
    {
        set => _audio.Pool = value;
    }

    /// <summary>Appends the updates of one message; an empty message has none.</summary>
    internal void Read(ReadOnlySpan<byte> message, List<LiveUpdate> updates)
    {
        if (AudioMessage.TryFindOutput(message, out var chunk) && _audio.TryDecode(chunk, out var audio))
        {
            if (audio is not null)
                updates.Add(audio);
            return;
        }
        LiveSessionResponse response;
        try
        {
            response = LiveCodec.DecodeResponse(message);
        }
        catch (LiveProtocolException e)
        {
            updates.Add(new UnreadableMessageUpdate(message.ToArray(), e));
            return;
        }
        Read(response, updates);
    }

    internal void Read(LiveSessionResponse raw, List<LiveUpdate> updates)
    {
        if (raw.SetupComplete is { } setup)
            updates.Add(new SetupCompleteUpdate(setup.SessionId) { Raw = raw });
        ReadVoiceActivity(raw, updates);
        if (raw.ServerContent is { } content)
            ReadContent(content, raw, updates);
        if (raw.ToolCall?.FunctionCalls is { Count: > 0 } calls)
            updates.Add(new ToolCallUpdate(calls) { Raw = raw });
        if (raw.UsageMetadata is { } usage)
        {
            _turnUsage = usage;
            updates.Add(new UsageUpdate(usage) { Raw = raw });
        }
        if (raw.ServerContent is { } marks)
            ReadMarks(marks, raw, updates);
        if (raw.ToolCallCancellation?.Ids is { Count: > 0 } ids)
            updates.Add(new ToolCallCancelledUpdate(ids) { Raw = raw });
        if (raw.SessionResumptionUpdate is { } resumption)
        {
            var handle = string.IsNullOrEmpty(resumption.NewHandle) ? null : resumption.NewHandle;
            updates.Add(new ResumptionUpdate(handle, resumption.Resumable ?? false, resumption.LastConsumedClientMessageIndex) { Raw = raw });
        }
        if (raw.GoAway is { } goAway)
            updates.Add(new GoAwayUpdate(goAway.TimeLeft ?? TimeSpan.Zero) { Raw = raw });
        if (raw.Error is { } error)
            updates.Add(new ErrorUpdate(error) { Raw = raw });
        else if (raw.Extra is { Count: > 0 } extra)
            updates.Add(new UnknownMessageUpdate(extra) { Raw = raw });
    }

    private static void ReadVoiceActivity(LiveSessionResponse raw, List<LiveUpdate> updates)
    {
        if (raw.VoiceActivity is { } activity)
            updates.Add(new VoiceActivityUpdate(activity.Type ?? VoiceActivityType.Unspecified, activity.AudioOffset) { Raw = raw });
        if (raw.VoiceActivityDetectionSignal?.VadSignalType is { } signal)
            updates.Add(new VoiceActivityUpdate(ToActivity(signal), null) { Raw = raw });
        if (raw.ServerContent?.SpeechState is { } state)
            updates.Add(new VoiceActivityUpdate(ToActivity(state), null) { Raw = raw });
    }

    private static VoiceActivityType ToActivity(VadSignalType signal) =>
        signal == VadSignalType.Sos ? VoiceActivityType.ActivityStart
        : signal == VadSignalType.Eos ? VoiceActivityType.ActivityEnd
        : new VoiceActivityType(signal.Value);

    private static VoiceActivityType ToActivity(SpeechState state) =>
        state == SpeechState.Speech ? VoiceActivityType.ActivityStart
        : state == SpeechState.NonSpeech ? VoiceActivityType.ActivityEnd
        : new VoiceActivityType(state.Value);

    private void ReadContent(ServerContent content, LiveSessionResponse raw, List<LiveUpdate> updates)
    {
        foreach (var part in content.ModelTurn?.Parts ?? [])
        {
            if (ReadPart(part, raw) is { } update)
                updates.Add(update);
        }
        if (content.InterimInputTranscription is { } interim)
            updates.Add(new InterimInputTranscriptUpdate(interim.Text ?? "") { Raw = raw });
        if (content.InputTranscription is { } input)
            updates.Add(new InputTranscriptUpdate(input.Text ?? "", input.Finished ?? false) { Raw = raw });
        if (content.OutputTranscription is { } output)
            updates.Add(new OutputTranscriptUpdate(output.Text ?? "", output.Finished ?? false) { Raw = raw });
        if (content.GroundingMetadata is not null || content.UrlContextMetadata is not null)
            updates.Add(new GroundingUpdate(content.GroundingMetadata, content.UrlContextMetadata) { Raw = raw });
    }

    private LiveUpdate? ReadPart(Part part, LiveSessionResponse raw) => part switch
    {
        { Text: { Length: > 0 } text, Thought: true } => new ThoughtUpdate(text) { Raw = raw },
        { Text: { Length: > 0 } text } => new TextUpdate(text) { Raw = raw },
        { InlineData: { } blob, Thought: not true } => ReadBlob(blob, raw),
        { ExecutableCode: not null } or { CodeExecutionResult: not null } =>
            new CodeUpdate(part.ExecutableCode, part.CodeExecutionResult) { Raw = raw },
        _ when part == new Part() || part == new Part { Text = "" } => null,
        _ => new PartUpdate(part) { Raw = raw },
    };

    private LiveUpdate? ReadBlob(Blob blob, LiveSessionResponse raw)
    {
        var data = blob.Data ?? default;
        return AudioFormat.TryParseRate(blob.MimeType, AudioFormat.OutputRateHz, out var rateHz)
            ? _audio.Join(data, rateHz, raw)
            : new MediaUpdate(blob.MimeType ?? "", data) { Raw = raw };
    }

    private void ReadMarks(ServerContent content, LiveSessionResponse raw, List<LiveUpdate> updates)
    {
        if (content.WaitingForInput == true)
            updates.Add(new WaitingForInputUpdate { Raw = raw });
        if (content.GenerationComplete == true)
            updates.Add(new GenerationCompleteUpdate { Raw = raw });
        if (content.Interrupted == true)
            updates.Add(new InterruptedUpdate { Raw = raw });
        if (content.TurnComplete == true)
        {
            updates.Add(new TurnCompleteUpdate(content.TurnCompleteReason, content.InteractionStatus, _turnUsage) { Raw = raw });
            _turnUsage = null;
        }
        else if (content.InteractionStatus is { } status && status != InteractionStatus.InProgress)
        {
            updates.Add(new IdleUpdate { Raw = raw });
        }
        if (content.GenerationComplete == true || content.Interrupted == true || content.TurnComplete == true)
            _audio.Clear();
    }
}
