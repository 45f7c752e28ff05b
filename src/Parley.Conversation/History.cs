using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>
/// What was said, with its tokens. Entries are only appended and dropped from the front, and a snapshot shares the array with the
/// history, so that taking one costs the same however long the conversation is.
/// </summary>
internal sealed class History(long maxMediaBytes)
{
    private Entry[] _entries = [];
    private int _start;
    private int _end;
    private long _mediaBytes;

    internal TokenCounts Tokens { get; private set; }

    internal int Count => _end - _start;

    internal void Append(Content content) => Append(content, TokenCounts.Of(content));

    internal void Append(Content content, TokenCounts tokens)
    {
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

    /// <summary>Sliding window (reference section 9.4): drops the oldest until <paramref name="targetTokens"/> is reached and a user turn is first.</summary>
    internal void CutTo(long targetTokens)
    {
        while (Count > 1 && (Tokens.Total > targetTokens || !IsUserTurn(_entries[_start].Content)))
        {
            Tokens -= _entries[_start].Tokens;
            _mediaBytes -= MediaBytes(_entries[_start].Content);
            _start++;
        }
    }

    // Into a new array: snapshots keep the old one.
    private void Grow()
    {
        var grown = new Entry[Math.Max(8, Count * 2)];
        Array.Copy(_entries, _start, grown, 0, Count);
        _end = Count;
        _start = 0;
        _entries = grown;
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
            var kept = entries[i].Content.Parts!.Where(part => part.InlineData is null).ToList();
            var content = entries[i].Content with { Parts = kept };
            var tokens = entries[i].Tokens with { Image = 0, Video = 0 };
            Tokens += tokens - entries[i].Tokens;
            entries[i] = new Entry(content, tokens);
        }
        _entries = entries;
        _start = 0;
        _end = entries.Length;
    }

    private static bool IsUserTurn(Content content) => content.Role != "model" && content.Parts?.Any(part => part.FunctionResponse is not null) != true;

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
