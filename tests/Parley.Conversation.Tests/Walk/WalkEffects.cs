using System.Buffers;
using System.Text;
using Parley.Conversation.Tests.Kit;
using Parley.Protocol;

namespace Parley.Conversation.Tests.Walk;

/// <summary>Checks each effect against the invariants (docs/conversation.md), and keeps the state the walk needs.</summary>
internal sealed class WalkEffects(ConversationOptions options) : IConversationEffects
{
    private const int ValidatesOneIn = 16;

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly List<Chunk> _chunks = [];
    private readonly StringBuilder _modelSaid = new();
    private readonly HashSet<string> _cancelled = [];
    private readonly HashSet<string> _ids = [];
    private readonly List<(IReadOnlyList<Content> History, int Hash)> _snapshots = [];
    private int _messages;
    private bool _turnComplete2X;
    private bool _generationComplete;
    private bool _interrupted;
    private bool _calledOthers;
    private long _heardUpTo;
    private TimeSpan _playsUntil;

    internal bool IsCompressed => options.Setup.ContextWindowCompression is not null;

    internal bool IsClosed { get; private set; }

    internal bool IsGenerating { get; private set; }

    internal bool IsTurnOpen { get; private set; }

    internal int Generation { get; private set; }

    internal GenerationRequest? Request { get; private set; }

    internal ConversationState? State { get; private set; }

    internal long Arrived { get; set; }

    internal int Utterance { get; private set; }

    internal bool IsListening { get; private set; }

    /// <summary>An utterance or the stream has ended since the last empty turn.</summary>
    internal bool HasEnded { get; set; }

    internal List<int> Unrecognized { get; } = [];

    /// <summary>Open calls; true = blocking.</summary>
    internal Dictionary<string, bool> Open { get; } = [];

    internal List<string> Issued { get; } = [];

    internal Queue<(int Generation, long Sequence)> Unsent { get; } = [];

    internal List<(int Generation, long Sequence)> Dropped { get; } = [];

    internal TimeSpan? Timer { get; set; }

    internal TimeSpan Now { get; set; }

    internal int Interruptions { get; private set; }

    /// <summary>A recognition failed, and no answer has asked the user to repeat since.</summary>
    internal bool LostSpeech { get; set; }

    public void Send(LiveSessionResponse message)
    {
        Alive();
        if (++_messages % ValidatesOneIn == 0)
            RecordingEffects.Validate(message, _buffer);
        if (message.ServerContent is { } content)
            OnContent(content, message.UsageMetadata);
        if (message.ToolCall is { } call)
            OnToolCall(call);
        if (message.ToolCallCancellation is { } cancellation)
            OnCancellation(cancellation);
    }

    public void SendMedia(int generation, long sequence, ReadOnlyMemory<byte> pcm, string? text)
    {
        Alive();
        Require(IsGenerating && generation == Generation, "media outside its generation");
        Require(!pcm.IsEmpty || text is not null, "media of nothing");
        Require(pcm.IsEmpty == (options.Setup.GenerationConfig!.ResponseModalities![0] == Modality.Text), "media of the wrong kind");
        Unsent.Enqueue((generation, sequence));
    }

    public void StartGeneration(GenerationRequest request)
    {
        Alive();
        Require(!IsGenerating, "a second generation beside the first");
        Require(request.Generation == Generation + 1, "generation numbers must rise by one");
        Require(!Open.ContainsValue(true), "a generation while a blocking call is open");
        Require(!request.SpeechWasLost || LostSpeech, "an apology for nothing");
        LostSpeech &= !request.SpeechWasLost;
        if (IsTurnOpen)
            Keep(heardOnly: false);
        else
            (_generationComplete, _interrupted) = (false, false);
        Require(!_interrupted && !_generationComplete, "a generation in a turn that ended");
        Generation = request.Generation;
        Request = request;
        IsTurnOpen = IsGenerating = true;
        _calledOthers = false;
        CheckHistory(request.History);
        Remember(request.History);
    }

    public void CancelGeneration(int generation)
    {
        Alive();
        Require(generation == Generation && IsTurnOpen, "cancelled what is not running");
        IsGenerating = false;
        _calledOthers = false;
        Dropped.AddRange(Unsent);
        Unsent.Clear();
    }

    public void StartRecognition(int utterance, long fromSample)
    {
        Alive();
        Require(!IsListening && utterance == Utterance + 1, "utterances must follow one another");
        Require(fromSample >= _heardUpTo && fromSample <= Arrived, "an utterance begins in another or in the future");
        (Utterance, _heardUpTo, IsListening) = (utterance, fromSample, true);
    }

    public void FinishRecognition(int utterance, long toSample)
    {
        Alive();
        Require(IsListening && utterance == Utterance, "finished what was not begun");
        Require(toSample >= _heardUpTo && toSample <= Arrived, "an utterance ends before it begins or in the future");
        (_heardUpTo, IsListening) = (toSample, false);
        HasEnded = true;
        Unrecognized.Add(utterance);
    }

    public void SetPlaybackTimer(TimeSpan due)
    {
        Alive();
        Require(options.DelaysTurnComplete && IsTurnOpen && due > TimeSpan.Zero, "a timer for nothing");
        Timer = due;
    }

    public void Checkpoint(ConversationState? state)
    {
        Alive();
        if (state is null)
            Require(State is not null, "withdrew a checkpoint twice");
        State = state;
        if (state is null)
            return;
        Require(!IsTurnOpen, "a checkpoint while answering");
        Require(Open.Count == 0, "a checkpoint while a call is open");
        CheckHistory(state.History);
        Remember(state.History);
    }

    public void Ignored(string what) => Alive();

    public void Close(int code, string reason)
    {
        Alive();
        Require(code is 1007 or 1008 or 1011, "an unknown code");
        IsClosed = true;
    }

    /// <summary>Output of the chat model for the running generation; without media it belongs to what was said before.</summary>
    internal void NoteSaid(string text, int bytes, bool hasMedia)
    {
        if (hasMedia)
            _chunks.Add(new Chunk(Unsent.Last().Sequence, text, bytes));
        else
            _chunks.Add(_chunks is [.., { } last] ? last with { Text = text, Bytes = 0 } : new Chunk(-1, text, 0) { PlaysAt = TimeSpan.MinValue });
    }

    /// <summary>A real-time client plays the chunk after those before it.</summary>
    internal void NoteSent(long sequence)
    {
        for (var i = 0; i < _chunks.Count; i++)
        {
            if (_chunks[i].Sequence > sequence || _chunks[i].PlaysAt is not null)
                continue;
            var plays = _playsUntil > Now ? _playsUntil : Now;
            if (_chunks[i].Bytes > 0)
                _playsUntil = plays + TimeSpan.FromSeconds(_chunks[i].Bytes / 48_000.0);
            else if (i > 0 && _chunks[i - 1].PlaysAt is { } before)
                plays = before;
            else if (options.Setup.GenerationConfig!.ResponseModalities![0] == Modality.Text)
                plays = Now;
            _chunks[i] = _chunks[i] with { PlaysAt = plays };
        }
    }

    internal void NoteAnswered(string id) => Open.Remove(id);

    internal void CheckSnapshots()
    {
        foreach (var (history, hash) in _snapshots)
            Require(Hash(history) == hash, "a snapshot changed");
    }

    /// <summary>The words of one side, without the note that replaces dropped media.</summary>
    internal static string TextsOf(IReadOnlyList<Content> history, string role) => string.Concat(
        history.Where(content => content.Role == role).SelectMany(content => content.Parts!).Where(part => part.Text is [not '[', ..]).Select(part => part.Text));

    internal static void Require(bool condition, string rule)
    {
        if (!condition)
            throw new InvalidOperationException("Broken: " + rule);
    }

    private void Alive() => Require(!IsClosed, "an effect after the close");

    private void OnContent(ServerContent content, UsageMetadata? usage)
    {
        if (content.ModelTurn is not null || content.OutputTranscription is not null)
            Require(IsGenerating, "output outside a generation");
        if (content.ModelTurn is not null)
            Require(options.Setup.GenerationConfig!.ThinkingConfig is not null, "a thought without request");
        if (content.OutputTranscription is not null)
            Require(options.Setup.OutputAudioTranscription is not null, "an output transcription without request");
        if ((content.InputTranscription ?? content.InterimInputTranscription) is not null)
            Require(options.Setup.InputAudioTranscription is not null, "an input transcription without request");
        if (content.GenerationComplete is true)
        {
            Require(IsTurnOpen && !_generationComplete && !_interrupted && (IsGenerating || _calledOthers), "generationComplete out of place");
            _generationComplete = true;
            IsGenerating = false;
        }
        if (content.Interrupted is true)
        {
            Require(IsTurnOpen || Open.ContainsValue(true), "interrupted without anything to interrupt");
            Require(!IsGenerating, "interrupted before the generation was cancelled");
            Interruptions++;
            _playsUntil = Now;
            _interrupted = IsTurnOpen;
            _turnComplete2X = false;
        }
        if (content is { TurnComplete: true, TurnCompleteReason: not null })
        {
            Require(!IsTurnOpen && !IsListening && Unrecognized.Count == 0, "an empty turn beside another one");
            Require(HasEnded, "an empty turn that the user did not end");
            Require(usage is null, "usage without a generation");
            HasEnded = false;
        }
        else if (content.TurnComplete is true)
        {
            Require(IsTurnOpen, "turnComplete without a turn");
            Require(!IsGenerating, "turnComplete while generating");
            Require(_generationComplete || _interrupted || _turnComplete2X, "turnComplete before generationComplete");
            Require(usage is not null && usage.TotalTokenCount == usage.PromptTokenCount + usage.ResponseTokenCount + (usage.ThoughtsTokenCount ?? 0), "wrong usage");
            Require(content.InteractionStatus is not null == options.ReportsInteractionStatus, "interactionStatus where none is reported");
            Keep(heardOnly: _interrupted);
            IsTurnOpen = false;
            _turnComplete2X = false;
        }
    }

    private void OnToolCall(ToolCall call)
    {
        Require(IsGenerating, "a call outside a generation");
        IsGenerating = false;
        foreach (var one in call.FunctionCalls!)
        {
            Require(_ids.Add(one.Id!), "an id twice");
            Issued.Add(one.Id!);
            Open.Add(one.Id!, WalkOptions.IsBlocking(one.Name!, options));
        }
        _calledOthers = !Open.ContainsValue(true);
        _turnComplete2X = options.CompletesTurnAfterToolCall && !_calledOthers;
    }

    private void OnCancellation(ToolCallCancellation cancellation)
    {
        Require(_interrupted || !IsTurnOpen, "a cancellation without an interruption");
        foreach (var id in cancellation.Ids!)
        {
            Require(Open.TryGetValue(id, out var blocking) && blocking, "cancelled a call that is not open");
            Open.Remove(id);
            _cancelled.Add(id);
        }
        Require(!Open.ContainsValue(true), "a blocking call outlived an interruption");
    }

    // The text of the turn enters the history: all of it, or as far as played.
    private void Keep(bool heardOnly)
    {
        foreach (var chunk in _chunks)
        {
            if (!heardOnly || chunk.PlaysAt <= Now)
                _modelSaid.Append(chunk.Text);
        }
        _chunks.Clear();
    }

    private sealed record Chunk(long Sequence, string Text, int Bytes)
    {
        internal TimeSpan? PlaysAt { get; init; }
    }

    private void CheckHistory(IReadOnlyList<Content> history)
    {
        var calls = new HashSet<string>();
        foreach (var part in history.SelectMany(content => content.Parts!))
        {
            if (part.FunctionCall is { } call)
            {
                Require(!_cancelled.Contains(call.Id!), "a cancelled call in the history");
                Require(calls.Add(call.Id!), "a call twice in the history");
            }
            if (part.FunctionResponse is { } response)
                Require(calls.Contains(response.Id!), "a result in the history without its call before it");
        }
        var said = TextsOf(history, "model");
        if (IsCompressed)
            Require(_modelSaid.ToString().EndsWith(said, StringComparison.Ordinal), "the history does not end as the model spoke");
        else
            Require(_modelSaid.Equals(said), "the history is not what the model said and was sent");
        if (IsCompressed)
            Require(history.Count < 400, "the history grows without end");
    }

    private void Remember(IReadOnlyList<Content> history)
    {
        if (_snapshots.Count < 40)
            _snapshots.Add((history, Hash(history)));
        else
            _snapshots[Generation % 40] = (history, Hash(history));
    }

    private static int Hash(IReadOnlyList<Content> history)
    {
        var hash = new HashCode();
        foreach (var content in history)
        {
            foreach (var part in content.Parts!)
                hash.Add(part);
        }
        return hash.ToHashCode();
    }
}
