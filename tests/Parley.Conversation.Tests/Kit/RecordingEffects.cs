using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Parley.Protocol;
using Parley.TestKit;

namespace Parley.Conversation.Tests.Kit;

/// <summary>
/// Records every effect as a line, validates each message against the schema, and keeps what a writer would send.
/// </summary>
internal sealed class RecordingEffects : IConversationEffects
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    internal List<string> Lines { get; } = [];

    internal List<LiveSessionResponse> Messages { get; } = [];

    internal Queue<(int Generation, long Sequence)> Unsent { get; } = [];

    internal GenerationRequest? Request { get; private set; }

    internal ConversationState? State { get; private set; }

    internal TimeSpan? Timer { get; set; }

    internal int Utterance { get; private set; }

    public void Send(LiveSessionResponse message)
    {
        Validate(message, _buffer);
        Messages.Add(message);
        Lines.Add(Describe(message));
    }

    public void SendMedia(int generation, long sequence, ReadOnlyMemory<byte> pcm, string? text)
    {
        Unsent.Enqueue((generation, sequence));
        Lines.Add((pcm.IsEmpty ? "text" : "audio") + (text is null ? "" : $" '{text}'"));
    }

    public void StartGeneration(GenerationRequest request)
    {
        Request = request;
        Lines.Add($"generate {request.Generation}{(request.SpeechWasLost ? ", speech was lost" : "")}");
    }

    public void CancelGeneration(int generation)
    {
        Unsent.Clear();
        Lines.Add($"cancel {generation}");
    }

    public void StartRecognition(int utterance, long fromSample)
    {
        Utterance = utterance;
        Lines.Add($"listen {utterance} from {Seconds(fromSample)}");
    }

    public void FinishRecognition(int utterance, long toSample) => Lines.Add($"listened {utterance} to {Seconds(toSample)}");

    public void SetPlaybackTimer(TimeSpan due)
    {
        Timer = due;
        Lines.Add(string.Create(CultureInfo.InvariantCulture, $"timer {due.TotalSeconds:0.###}s"));
    }

    public void Checkpoint(ConversationState? state)
    {
        State = state;
        Lines.Add(state is null ? "not resumable" : "resumable");
    }

    public void Ignored(string what) => Lines.Add("ignored " + what);

    public void Close(int code, string reason) => Lines.Add($"close {code} {reason}");

    internal static void Validate(LiveSessionResponse message, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        LiveCodec.Encode(message, buffer);
        WireSchema.Live.Require("ServerMessage", JsonElement.Parse(buffer.WrittenSpan));
    }

    internal static string Describe(LiveSessionResponse message)
    {
        List<string> words = [];
        if (message.ServerContent is { } content)
        {
            Add(content.InterimInputTranscription is { } interim, $"interim '{content.InterimInputTranscription?.Text}'");
            Add(content.InputTranscription is not null, $"heard '{content.InputTranscription?.Text}'");
            Add(content.OutputTranscription is not null, $"caption '{content.OutputTranscription?.Text}'");
            Add(content.ModelTurn is not null, $"thought '{content.ModelTurn?.Parts?[0].Text}'");
            Add(content.GenerationComplete is true, "generationComplete");
            Add(content.Interrupted is true, "interrupted");
            Add(content.TurnComplete is true, "turnComplete");
            Add(content.TurnCompleteReason is not null, content.TurnCompleteReason?.Value!);
            Add(content.InteractionStatus is not null, content.InteractionStatus.ToString()!);
        }
        if (message.ToolCall is { } call)
            words.Add("toolCall " + string.Join(' ', call.FunctionCalls!.Select(c => $"{c.Id}:{c.Name}")));
        if (message.ToolCallCancellation is { } cancellation)
            words.Add("toolCallCancellation " + string.Join(' ', cancellation.Ids!));
        if (message.VoiceActivity is { } activity)
            words.Add(string.Create(CultureInfo.InvariantCulture, $"{activity.Type} {activity.AudioOffset?.TotalSeconds:0.###}s"));
        return string.Join(' ', words);

        void Add(bool condition, string word)
        {
            if (condition)
                words.Add(word);
        }
    }

    private static string Seconds(long samples) => string.Create(CultureInfo.InvariantCulture, $"{(double)samples / AudioFormat.InputRateHz:0.###}s");
}
