using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>
/// The user's side: who is speaking, and the turn that is being gathered. Silent -> speaking -> silent; each stretch of speech is an
/// utterance that a recogniser turns into text. Audio is counted in samples (16 kHz), and every sample lands in one utterance or in none.
/// </summary>
internal sealed class Floor(TurnCoverage coverage, int maxFrames)
{
    // Utterances kept that were meant for somebody else: a minute or two of talk in the room.
    private const int MaxAsides = 16;

    private readonly List<Item> _items = [];
    private readonly List<Frame> _frames = [];
    private int _utterances;
    private Item? _speaking;
    private long _coveredUpTo;

    /// <summary>Samples that arrived.</summary>
    internal long Position { get; private set; }

    internal bool IsSpeaking => _speaking is not null;

    /// <summary>The user is speaking, and it is not known yet whether that cuts the answer.</summary>
    internal bool HoldsInterruption => _speaking?.HoldsInterruption is true;

    /// <summary>The gathered turn is to be answered, if anything was said in it.</summary>
    internal bool WantsAnswer { get; private set; }

    /// <summary>Something of the gathered turn could not be recognised, and nothing else was said in it.</summary>
    internal bool LostSpeech => _items.Exists(item => item.Lost) && !_items.Exists(item => item is { Text.Length: > 0, Aside: false });

    /// <summary>The gathered turn is to be answered, even if nothing was said in it: text was sent, be it a blank.</summary>
    internal bool MustAnswer { get; private set; }

    internal bool AwaitsRecognition => _items.Exists(item => item is { Utterance: > 0, Text: null } && item != _speaking);

    internal void Audio(int samples) => Position += samples;

    internal (int Utterance, long FromSample) StartSpeaking(long atSample, bool holdsInterruption)
    {
        var from = coverage == TurnCoverage.TurnIncludesAllInput ? _coveredUpTo : Math.Clamp(atSample, _coveredUpTo, Position);
        _speaking = new Item { Utterance = ++_utterances, From = from, HoldsInterruption = holdsInterruption };
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
        return (item.Utterance, to);
    }

    /// <summary>Whether what an utterance says is still to come.</summary>
    internal bool Awaits(int utterance) => _items.Exists(item => item.Utterance == utterance && item.Text is null);

    /// <summary>It is an interruption now, or it never held one back.</summary>
    internal void Insist() => _speaking!.HoldsInterruption = false;

    /// <summary>Fills in what an utterance said; false where it is not awaited.</summary>
    /// <param name="utterance">Its number.</param>
    /// <param name="text">The words that are kept; empty = none.</param>
    /// <param name="aside">The words are context, and want no answer.</param>
    /// <param name="interrupts">Whether these words are the interruption that was held back until they were known.</param>
    internal bool Recognized(int utterance, string text, bool aside, out bool interrupts)
    {
        var item = _items.Find(item => item.Utterance == utterance && item.Text is null && item != _speaking);
        interrupts = item?.HoldsInterruption is true && text.Length > 0 && !aside;
        if (item is null)
            return false;
        item.Text = text;
        item.Aside = aside;
        if (aside)
            SetAside();
        return true;
    }

    /// <summary>An utterance could not be recognised; false where it is not awaited.</summary>
    internal bool Lost(int utterance)
    {
        var found = Recognized(utterance, "", aside: false, out _);
        if (found)
            _items.Find(item => item.Utterance == utterance)!.Lost = true;
        return found;
    }

    /// <summary>A frame is what the camera shows until the next one: the newest one belongs to the activity that begins now.</summary>
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

    /// <summary>At most one frame a second is kept, the newest. False where an older one had to be dropped for it.</summary>
    internal bool Video(Blob image, TimeSpan now)
    {
        if (_frames.Count > 0 && _frames[^1] is var last && now - last.At < TimeSpan.FromSeconds(1))
        {
            _frames[^1] = new Frame(image, last.At) { InActivity = last.InActivity || IsSpeaking };
            return true;
        }
        // Nobody will ask for a frame between two activities once there is a newer one.
        if (_frames.Count > 0 && coverage == TurnCoverage.TurnIncludesOnlyActivity && !_frames[^1].InActivity)
            _frames.RemoveAt(_frames.Count - 1);
        var full = _frames.Count == maxFrames;
        if (full)
            _frames.RemoveAt(0);
        _frames.Add(new Frame(image, now) { InActivity = IsSpeaking });
        return !full;
    }

    /// <summary>The gathered turn as content of the history, and its tokens; null where nothing is left of it.</summary>
    /// <param name="framesAlone">Whether frames are a turn though nothing was said; if not, they stay for the next one.</param>
    internal (Content Content, TokenCounts Tokens)? Take(bool framesAlone)
    {
        WantsAnswer = false;
        MustAnswer = false;
        var parts = new List<Part>();
        var tokens = default(TokenCounts);
        foreach (var frame in _frames)
        {
            if (coverage == TurnCoverage.TurnIncludesOnlyActivity && !frame.InActivity)
                continue;
            parts.Add(new Part { InlineData = frame.Image });
            tokens += new TokenCounts(0, 0, TokenCounts.PerFrame, 0);
        }
        var said = false;
        foreach (var item in _items)
        {
            if (item == _speaking)
                continue;
            said |= item is { Text.Length: > 0, Aside: false };
            tokens += item.Utterance > 0 ? TokenCounts.OfAudio(item.To - item.From, AudioFormat.InputRateHz) : TokenCounts.OfText(item.Text);
            if (item.Text is { Length: > 0 } text)
                parts.Add(new Part { Text = text });
        }
        // Words that were meant for somebody else wait for the next turn, as its context.
        if (!said && (parts.Count == 0 || !framesAlone))
        {
            _items.RemoveAll(item => item != _speaking && item is not { Text.Length: > 0 });
            return null;
        }
        _items.RemoveAll(item => item != _speaking);
        _frames.Clear();
        return (new Content { Role = "user", Parts = parts }, tokens);
    }

    // Nothing is to be answered as long as all that was said is set aside; and only the newest of it is worth keeping.
    private void SetAside()
    {
        var asides = _items.FindAll(item => item is { Aside: true, Text.Length: > 0 });
        if (asides.Count > MaxAsides)
            _items.Remove(asides[0]);
        if (!MustAnswer && _items.TrueForAll(item => item == _speaking || item.Aside || item is { Text.Length: 0, Lost: false }))
            WantsAnswer = false;
    }

    private sealed class Item
    {
        internal bool HoldsInterruption { get; set; }

        internal bool Aside { get; set; }

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
