using System.Text;

namespace Parley.Conversation;

/// <summary>Where the model's side stands.</summary>
internal enum OutputState
{
    /// <summary>Nothing is being said.</summary>
    Idle,

    /// <summary>The brain answers.</summary>
    Generating,

    /// <summary>The turn waits for answers to blocking calls.</summary>
    AwaitingTools,

    /// <summary>Everything is sent; a real-time client is still playing.</summary>
    Playing,
}

/// <summary>
/// The model's side: one turn at a time, made of one generation or, around blocking calls, of several. It knows what was handed to the
/// writer and what the writer has sent, because history keeps only what was sent when a turn is interrupted.
/// </summary>
internal sealed class OutputTurn
{
    private readonly Queue<(long Sequence, string? Text, int Bytes)> _unsent = [];
    private StringBuilder? _sent;
    private long _sequence;
    private long _sentBytes;
    private TimeSpan _playedAt;

    internal OutputState State { get; private set; }

    /// <summary>Number of the newest generation.</summary>
    internal int Generation { get; private set; }

    /// <summary>Bytes of 24 kHz PCM in this turn.</summary>
    internal long AudioBytes { get; private set; }

    /// <summary>Characters of text answer and thoughts in this turn.</summary>
    internal int TextCharacters { get; private set; }

    internal int ThoughtCharacters { get; set; }

    /// <summary>The context when the newest generation of this turn began.</summary>
    internal TokenCounts Prompt { get; private set; }

    internal bool IsCurrent(int generation) => generation == Generation && State == OutputState.Generating;

    internal int Begin(TokenCounts prompt)
    {
        if (State is OutputState.Idle)
        {
            AudioBytes = 0;
            TextCharacters = 0;
            ThoughtCharacters = 0;
        }
        State = OutputState.Generating;
        Prompt = prompt;
        return ++Generation;
    }

    internal long Add(ReadOnlyMemory<byte> pcm, string? text)
    {
        AudioBytes += pcm.Length;
        if (pcm.IsEmpty)
            TextCharacters += text?.Length ?? 0;
        _sequence++;
        _unsent.Enqueue((_sequence, text, pcm.Length));
        return _sequence;
    }

    internal void AddSilent(string text)
    {
        if (_unsent.Count == 0)
            Count((_sequence, text, 0));
        else
            _unsent.Enqueue((_sequence, text, 0));
    }

    internal void Sent(long sequence)
    {
        while (_unsent.TryPeek(out var chunk) && chunk.Sequence <= sequence)
            Count(_unsent.Dequeue());
    }

    /// <summary>When a client that plays in real time will have played a chunk that is sent now.</summary>
    internal void Plays(long bytes, TimeSpan now)
    {
        var start = _playedAt > now ? _playedAt : now;
        _playedAt = start + TimeSpan.FromSeconds((double)bytes / (Protocol.AudioFormat.OutputRateHz * sizeof(short)));
    }

    internal TimeSpan PlaybackLeft(TimeSpan now) => _playedAt > now ? _playedAt - now : TimeSpan.Zero;

    /// <summary>Takes what the turn said and history does not have yet, and its tokens: all of it, or only what was sent.</summary>
    internal (string Text, TokenCounts Tokens) TakeText(bool sentOnly)
    {
        while (!sentOnly && _unsent.TryDequeue(out var chunk))
            Count(chunk);
        _unsent.Clear();
        var text = _sent?.ToString() ?? "";
        var tokens = _sentBytes > 0
            ? TokenCounts.OfAudio(_sentBytes / sizeof(short), Protocol.AudioFormat.OutputRateHz)
            : TokenCounts.OfText(text);
        _sent?.Clear();
        _sentBytes = 0;
        return (text, tokens);
    }

    internal void AwaitTools() => State = OutputState.AwaitingTools;

    internal void Play() => State = OutputState.Playing;

    internal void End() => State = OutputState.Idle;

    internal void Interrupt(TimeSpan now)
    {
        State = OutputState.Idle;
        _playedAt = now;
    }

    private void Count((long Sequence, string? Text, int Bytes) chunk)
    {
        (_sent ??= new StringBuilder()).Append(chunk.Text);
        _sentBytes += chunk.Bytes;
    }
}
