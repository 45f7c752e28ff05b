using System.Text;

namespace Parley.Conversation;

/// <summary>States of the output.</summary>
internal enum OutputState
{
    /// <summary>No turn is running.</summary>
    Idle,

    /// <summary>The chat model is generating.</summary>
    Generating,

    /// <summary>The turn waits for responses to blocking calls.</summary>
    AwaitingTools,

    /// <summary>Everything is sent; a real-time client is still playing.</summary>
    Playing,
}

/// <summary>
/// Output: one turn at a time, made of one generation or, with blocking calls, of several. It tracks which chunks are queued, which
/// are sent, and when a client that plays in real time has played them, because an interrupted turn enters the history only as far as it
/// was played: by the clock, or as the client reports. Chunk: unsent -> sent -> heard.
/// </summary>
internal sealed class OutputTurn
{
    private readonly Queue<Chunk> _unsent = [];
    private readonly Queue<Chunk> _unheard = [];
    private readonly Queue<Chunk> _cancelled = [];
    private StringBuilder? _heard;
    private long _sequence;
    private long _heardBytes;
    private TimeSpan _playedAt;
    private TimeSpan _sentPlaysUntil;
    private TimeSpan _lastPlaysAt;
    private long _position;
    private long _lastPosition;
    private long? _played;

    internal OutputState State { get; private set; }

    /// <summary>Whether the client reports what it has played; otherwise the clock decides what was heard.</summary>
    internal bool IsReported => _played is not null;

    /// <summary>Number of the newest generation.</summary>
    internal int Generation { get; private set; }

    /// <summary>Bytes of 24 kHz PCM in this turn.</summary>
    internal long AudioBytes { get; private set; }

    /// <summary>Characters of a text answer in this turn.</summary>
    internal int TextCharacters { get; private set; }

    internal int ThoughtCharacters { get; set; }

    /// <summary>Tokens of the context when the newest generation of this turn began.</summary>
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
        _unsent.Enqueue(new Chunk(_sequence, text, pcm.Length, default, 0));
        return _sequence;
    }

    /// <summary>Adds text without audio: it counts as heard with the audio before it.</summary>
    internal void AddSilent(string text)
    {
        if (_unsent.Count > 0)
            _unsent.Enqueue(new Chunk(_sequence, text, 0, default, 0));
        else if (_unheard.Count > 0)
            _unheard.Enqueue(new Chunk(_sequence, text, 0, _lastPlaysAt, _lastPosition));
        else
            Count(new Chunk(_sequence, text, 0, default, 0));
    }

    /// <summary>Chunks up to this one are sent; they play after those before them.</summary>
    internal void Sent(long sequence, TimeSpan now)
    {
        SkipCancelled(sequence);
        while (_unsent.TryPeek(out var chunk) && chunk.Sequence <= sequence)
        {
            // Text without audio plays with the chunk before it.
            if (chunk.Bytes > 0)
            {
                _lastPlaysAt = _sentPlaysUntil > now ? _sentPlaysUntil : now;
                _sentPlaysUntil = _lastPlaysAt + DurationOf(chunk.Bytes);
                _lastPosition = _position;
                _position += chunk.Bytes;
            }
            _unheard.Enqueue(_unsent.Dequeue() with { PlaysAt = _lastPlaysAt, Position = _lastPosition });
        }
        Hear(now);
    }

    /// <summary>A chunk of a cancelled generation was sent after all: it does not count as heard, but the client counts it.</summary>
    internal void SentLate(long sequence)
    {
        SkipCancelled(sequence);
        if (_cancelled.TryPeek(out var chunk) && chunk.Sequence == sequence)
            _position += _cancelled.Dequeue().Bytes;
    }

    /// <summary>The client has played this much of the audio sent to it; from now on its reports count, not the clock.</summary>
    internal void Played(long bytes) => _played = Math.Max(_played ?? 0, bytes);

    /// <summary>Advances the end of playback of a client that plays in real time.</summary>
    internal void Plays(long bytes, TimeSpan now) => _playedAt = (_playedAt > now ? _playedAt : now) + DurationOf(bytes);

    internal TimeSpan PlaybackLeft(TimeSpan now) => _playedAt > now ? _playedAt - now : TimeSpan.Zero;

    /// <summary>
    /// Takes the text that is not in the history yet, with its tokens: all of it, or only what was heard by a time.
    /// </summary>
    internal (string Text, TokenCounts Tokens) TakeText(TimeSpan? heardAt)
    {
        Hear(heardAt ?? TimeSpan.MaxValue);
        while (heardAt is null && _unsent.TryDequeue(out var chunk))
            Count(chunk);
        _unheard.Clear();
        foreach (var chunk in _unsent)
            _cancelled.Enqueue(chunk);
        _unsent.Clear();
        var text = _heard?.ToString() ?? "";
        var tokens = _heardBytes > 0
            ? TokenCounts.OfAudio(_heardBytes / sizeof(short), Protocol.AudioFormat.OutputRateHz)
            : TokenCounts.OfText(text);
        _heard?.Clear();
        _heardBytes = 0;
        return (text, tokens);
    }

    internal void AwaitTools() => State = OutputState.AwaitingTools;

    internal void Play() => State = OutputState.Playing;

    internal void End() => State = OutputState.Idle;

    internal void Interrupt(TimeSpan now)
    {
        State = OutputState.Idle;
        _playedAt = now;
        _sentPlaysUntil = now;
    }

    // A chunk counts as heard once its first sample plays.
    private void Hear(TimeSpan now)
    {
        while (_unheard.TryPeek(out var chunk) && (_played is { } played && now != TimeSpan.MaxValue ? chunk.Position < played : chunk.PlaysAt <= now))
            Count(_unheard.Dequeue());
    }

    private void SkipCancelled(long sequence)
    {
        while (_cancelled.TryPeek(out var chunk) && chunk.Sequence < sequence)
            _cancelled.Dequeue();
    }

    private void Count(Chunk chunk)
    {
        (_heard ??= new StringBuilder()).Append(chunk.Text);
        _heardBytes += chunk.Bytes;
    }

    private static TimeSpan DurationOf(long bytes) => TimeSpan.FromSeconds((double)bytes / (Protocol.AudioFormat.OutputRateHz * sizeof(short)));

    private readonly record struct Chunk(long Sequence, string? Text, int Bytes, TimeSpan PlaysAt, long Position);
}
