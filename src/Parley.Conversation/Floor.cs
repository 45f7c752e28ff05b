using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>
/// Input: user activity and the pending user turn. Silent -> speaking -> silent; each stretch of speech is an utterance that is
/// recognized. Audio is counted in samples (16 kHz); every sample belongs to one utterance or to none.
/// </summary>
internal sealed class Floor(TurnCoverage coverage, int maxFrames)
{
    // Utterances that were not addressed to the model and are kept as context: a minute or two of talk in the room.
    private const int MaxNotAddressed = 16;

    private readonly List<Item> _items = [];
    private readonly List<Frame> _frames = [];
    private int _utterances;
    private Item? _speaking;
    private long _coveredUpTo;
    private bool _ended;

    /// <summary>Samples received.</summary>
    internal long Position { get; private set; }

    internal bool IsSpeaking => _speaking is not null;

    /// <summary>The user is speaking, and it is not decided yet whether that interrupts the answer.</summary>
    internal bool IsBargeInPending => _speaking?.IsBargeInPending is true;

    /// <summary>The pending turn is to be answered if it has words.</summary>
    internal bool WantsAnswer { get; private set; }

    /// <summary>Recognition failed for part of the pending turn, and there are no other words.</summary>
    internal bool LostSpeech => _items.Exists(item => item.Lost) && !_items.Exists(item => item is { Text.Length: > 0, NotAddressed: false });

    /// <summary>The pending turn is to be answered even without words: text was sent, even if blank.</summary>
    internal bool MustAnswer { get; private set; }

    internal bool AwaitsRecognition => _items.Exists(item => item is { Utterance: > 0, Text: null } && item != _speaking);

    internal void Audio(int samples) => Position += samples;

    internal (int Utterance, long FromSample) StartSpeaking(long atSample, bool isBargeInPending)
    {
        var from = coverage == TurnCoverage.TurnIncludesAllInput ? _coveredUpTo : Math.Clamp(atSample, _coveredUpTo, Position);
        _speaking = new Item { Utterance = ++_utterances, From = from, IsBargeInPending = isBargeInPending };
        _items.Add(_speaking);
        MarkCurrentFrame();
        return (_utterances, from);
    }

    internal (int Utterance, long ToSample) StopSpeaking(long atSample)
    {
        var item = _speaking!;
        _speaking = null;
        var to = coverage == TurnCoverage.TurnIncludesAllInput ? Position : Math.Clamp(atSample, item.From, Position);
        item.To = to;
        _coveredUpTo = to;
        WantsAnswer = true;
        _ended = true;
        return (item.Utterance, to);
    }

    /// <summary>Whether an utterance has ended since the last call.</summary>
    internal bool TakeEnd()
    {
        var ended = _ended;
        _ended = false;
        return ended;
    }

    /// <summary>Whether the transcript of an utterance is pending.</summary>
    internal bool Awaits(int utterance) => _items.Exists(item => item.Utterance == utterance && item.Text is null);

    /// <summary>Confirms the pending barge-in of the open utterance.</summary>
    internal void ConfirmBargeIn() => _speaking!.IsBargeInPending = false;

    /// <summary>Sets the transcript of an utterance; false if none is pending.</summary>
    /// <param name="utterance">Its number.</param>
    /// <param name="text">The words to keep; may be empty.</param>
    /// <param name="notAddressed">Whether the words are context only, and are not answered.</param>
    /// <param name="interrupts">Whether a barge-in was pending and these words confirm it.</param>
    internal bool Recognized(int utterance, string text, bool notAddressed, out bool interrupts)
    {
        var item = _items.Find(item => item.Utterance == utterance && item.Text is null && item != _speaking);
        interrupts = item?.IsBargeInPending is true && text.Length > 0 && !notAddressed;
        if (item is null)
            return false;
        item.Text = text;
        item.NotAddressed = notAddressed;
        if (notAddressed)
            KeepAsContext();
        return true;
    }

    /// <summary>Marks an utterance whose recognition failed; false if none is pending.</summary>
    internal bool Lost(int utterance)
    {
        var found = Recognized(utterance, "", notAddressed: false, out _);
        if (found)
            _items.Find(item => item.Utterance == utterance)!.Lost = true;
        return found;
    }

    /// <summary>The newest video frame shows the scene until the next one, so it belongs to the activity that begins now.</summary>
    internal void MarkCurrentFrame()
    {
        if (_frames.Count > 0)
            _frames[^1].InActivity = true;
    }

    internal void Text(string text)
    {
        MarkCurrentFrame();
        if (!string.IsNullOrWhiteSpace(text))
            _items.Add(new Item { Text = text });
        WantsAnswer = true;
        MustAnswer = true;
    }

    /// <summary>Keeps at most one video frame a second, the newest. False if an older one was dropped to make room.</summary>
    internal bool Video(Blob image, TimeSpan now)
    {
        if (_frames.Count > 0 && _frames[^1] is var last && now - last.At < TimeSpan.FromSeconds(1))
        {
            _frames[^1] = new Frame(image, last.At) { InActivity = last.InActivity || IsSpeaking };
            return true;
        }
        // A frame between two activities is not needed once there is a newer one.
        if (_frames.Count > 0 && coverage == TurnCoverage.TurnIncludesOnlyActivity && !_frames[^1].InActivity)
            _frames.RemoveAt(_frames.Count - 1);
        var full = _frames.Count == maxFrames;
        if (full)
            _frames.RemoveAt(0);
        _frames.Add(new Frame(image, now) { InActivity = IsSpeaking });
        return !full;
    }

    /// <summary>
    /// The pending turn as it would be taken if the open utterance ended now with these words; null if it would wait for other words.
    /// </summary>
    internal Content? Foresee(int utterance, string text) =>
        _speaking?.Utterance == utterance && !IsBargeInPending && !AwaitsRecognition && !LostSpeech ? Compose(text, out _, out _) : null;

    /// <summary>Takes the pending turn as history content with its tokens; null if it is empty.</summary>
    /// <param name="framesAlone">Whether video frames alone make a turn; if not, they stay for the next one.</param>
    internal (Content Content, TokenCounts Tokens)? Take(bool framesAlone)
    {
        WantsAnswer = false;
        MustAnswer = false;
        var content = Compose(spoken: null, out var tokens, out var said);
        // Words not addressed to the model stay as context of the next turn.
        if (!said && (content.Parts!.Count == 0 || !framesAlone))
        {
            _items.RemoveAll(item => item != _speaking && item is not { Text.Length: > 0 });
            return null;
        }
        _items.RemoveAll(item => item != _speaking);
        _frames.Clear();
        return (content, tokens);
    }

    // The open utterance counts only with the words that are given for it.
    private Content Compose(string? spoken, out TokenCounts tokens, out bool said)
    {
        var parts = new List<Part>();
        tokens = default;
        foreach (var frame in _frames)
        {
            if (coverage == TurnCoverage.TurnIncludesOnlyActivity && !frame.InActivity)
                continue;
            parts.Add(new Part { InlineData = frame.Image });
            tokens += new TokenCounts(0, 0, TokenCounts.PerFrame, 0);
        }
        said = false;
        foreach (var item in _items)
        {
            var words = item == _speaking ? spoken : item.Text;
            if (item == _speaking && spoken is null)
                continue;
            said |= words is { Length: > 0 } && !item.NotAddressed;
            tokens += item.Utterance > 0 ? TokenCounts.OfAudio(item.To - item.From, AudioFormat.InputRateHz) : TokenCounts.OfText(words);
            if (words is { Length: > 0 })
                parts.Add(new Part { Text = words });
        }
        return new Content { Role = "user", Parts = parts };
    }

    // Keeps the newest as context. Nothing is to be answered while all words were not addressed to the model.
    private void KeepAsContext()
    {
        var notAddressed = _items.FindAll(item => item is { NotAddressed: true, Text.Length: > 0 });
        if (notAddressed.Count > MaxNotAddressed)
            _items.Remove(notAddressed[0]);
        if (!MustAnswer && _items.TrueForAll(item => item == _speaking || item.NotAddressed || item is { Text.Length: 0, Lost: false }))
            WantsAnswer = false;
    }

    private sealed class Item
    {
        internal bool IsBargeInPending { get; set; }

        internal bool NotAddressed { get; set; }

        internal bool Lost { get; set; }

        internal int Utterance { get; init; }

        internal long From { get; init; }

        internal long To { get; set; }

        internal string? Text { get; set; }
    }

    private sealed class Frame(Blob image, TimeSpan at)
    {
        internal Blob Image { get; } = image;

        internal TimeSpan At { get; } = at;

        internal bool InActivity { get; set; }
    }
}
