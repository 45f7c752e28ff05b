using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>
/// The history with its tokens. Entries are only appended, and dropped from the front; a snapshot shares the array with the
/// history, so taking one is O(1).
/// </summary>
internal sealed class History(long maxMediaBytes)
{
    // Keeps a turn whose images were dropped: chat models reject content without parts.
    internal const string DroppedMedia = "[media no longer available]";

    private Entry[] _entries = [];
    private int _start;
    private int _end;
    private long _mediaBytes;

    internal TokenCounts Tokens { get; private set; }

    internal int Count => _end - _start;

    /// <summary>Increases with every change.</summary>
    internal int Version { get; private set; }

    internal void Append(Content content) => Append(content, TokenCounts.Of(content));

    internal void Append(Content content, TokenCounts tokens)
    {
        Version++;
        // At least one token each, otherwise empty content could grow without limit.
        if (tokens.Total == 0)
            tokens = TokenCounts.OfCharacters(1);
        if (_end == _entries.Length)
            Grow();
        _entries[_end++] = new Entry(content, tokens);
        Tokens += tokens;
        _mediaBytes += MediaBytes(content);
        if (_mediaBytes > maxMediaBytes)
            DropOldestMedia();
    }

    internal Snapshot Take() => new(_entries, _start, _end);

    internal void Restore(Snapshot snapshot)
    {
        foreach (var entry in snapshot.Entries)
            Append(entry.Content, entry.Tokens);
    }

    /// <summary>Whether it contains a function call with this id.</summary>
    internal bool HasCall(string id)
    {
        for (var i = _end - 1; i >= _start; i--)
        {
            if (CallsIn(_entries[i].Content).Contains(id))
                return true;
        }
        return false;
    }

    /// <summary>
    /// Sliding window (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#94-context-window-compression">protocol 9.4</see>): drops the oldest entries until <paramref name="targetTokens"/> is reached and a user turn is first.
    /// The newest user turn stays, however large. Results whose calls are dropped go with them.
    /// </summary>
    internal void CutTo(long targetTokens)
    {
        var first = _start;
        long left = Tokens.Total;
        for (var i = _start; i < _end; i++)
        {
            if (IsUserTurn(_entries[i].Content))
            {
                first = i;
                if (left <= targetTokens)
                    break;
            }
            left -= _entries[i].Tokens.Total;
        }
        if (first == _start)
            return;
        var lost = new HashSet<string>();
        while (_start < first)
        {
            lost.UnionWith(CallsIn(_entries[_start].Content));
            Tokens -= _entries[_start].Tokens;
            _mediaBytes -= MediaBytes(_entries[_start].Content);
            _start++;
        }
        Version++;
        if (lost.Count > 0)
            DropResultsOf(lost);
    }

    // Copy: snapshots keep the old array.
    private void Grow()
    {
        var grown = new Entry[Math.Max(8, Count * 2)];
        Array.Copy(_entries, _start, grown, 0, Count);
        _end = Count;
        _start = 0;
        _entries = grown;
    }

    private void DropResultsOf(HashSet<string> calls)
    {
        var kept = new List<Entry>(Count);
        var found = false;
        foreach (var entry in _entries.AsSpan(_start, Count))
        {
            var parts = entry.Content.Parts ?? [];
            if (!parts.Any(IsLost))
            {
                kept.Add(entry);
                continue;
            }
            found = true;
            Tokens -= entry.Tokens;
            var rest = entry.Content with { Parts = [.. parts.Where(part => !IsLost(part))] };
            if (rest.Parts.Count == 0)
                continue;
            kept.Add(new Entry(rest, TokenCounts.Of(rest)));
            Tokens += kept[^1].Tokens;
        }
        if (!found)
            return;
        _entries = [.. kept];
        _start = 0;
        _end = _entries.Length;

        bool IsLost(Part part) => part.FunctionResponse?.Id is { } id && calls.Contains(id);
    }

    private void DropOldestMedia()
    {
        var entries = _entries.AsSpan(_start, Count).ToArray();
        for (var i = 0; i < entries.Length - 1 && _mediaBytes > maxMediaBytes / 2; i++)
        {
            var bytes = MediaBytes(entries[i].Content);
            if (bytes == 0)
                continue;
            _mediaBytes -= bytes;
            var note = new Part { Text = DroppedMedia };
            var kept = entries[i].Content.Parts!.Where(part => part.InlineData is null).Prepend(note).ToList();
            var content = entries[i].Content with { Parts = kept };
            var tokens = (entries[i].Tokens with { Image = 0, Video = 0 }) + TokenCounts.OfText(DroppedMedia);
            Tokens += tokens - entries[i].Tokens;
            entries[i] = new Entry(content, tokens);
        }
        _entries = entries;
        _start = 0;
        _end = entries.Length;
    }

    private static bool IsUserTurn(Content content) => content.Role != "model" && content.Parts?.Any(part => part.FunctionResponse is not null) != true;

    private static IEnumerable<string> CallsIn(Content content) =>
        (content.Parts ?? []).Where(part => part.FunctionCall?.Id is not null).Select(part => part.FunctionCall!.Id!);

    private static long MediaBytes(Content content)
    {
        var bytes = 0L;
        foreach (var part in content.Parts ?? [])
            bytes += part.InlineData?.Data?.Length ?? 0;
        return bytes;
    }

    internal readonly record struct Entry(Content Content, TokenCounts Tokens);

    /// <summary>The history at one moment.</summary>
    internal sealed class Snapshot(Entry[] entries, int start, int end) : IReadOnlyList<Content>
    {
        public int Count => end - start;

        public Content this[int index] => (uint)index < (uint)Count ? entries[start + index].Content : throw new ArgumentOutOfRangeException(nameof(index));

        internal ReadOnlySpan<Entry> Entries => entries.AsSpan(start, Count);

        public IEnumerator<Content> GetEnumerator()
        {
            for (var i = start; i < end; i++)
                yield return entries[i].Content;
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
