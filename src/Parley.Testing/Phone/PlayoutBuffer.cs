namespace Parley.Testing.Phone;

/// <summary>Audio of the server that is not yet played, with the marks in it. Not thread-safe.</summary>
internal sealed class PlayoutBuffer
{
    private readonly Queue<Item> _items = [];
    private int _offset;

    /// <summary>Samples in the buffer.</summary>
    internal long Samples { get; private set; }

    internal bool IsEmpty => _items.Count == 0;

    internal void Add(short[] samples)
    {
        if (samples.Length == 0)
            return;
        _items.Enqueue(new Item(samples, null));
        Samples += samples.Length;
    }

    internal void AddMark(string name) => _items.Enqueue(new Item(null, name));

    /// <summary>Takes the next samples.</summary>
    /// <param name="frame">Receives them; the rest is silence.</param>
    /// <param name="marks">Receives the marks whose audio ends with the frame or in it.</param>
    /// <returns>The number of samples that were there.</returns>
    internal int Play(Span<short> frame, List<string> marks)
    {
        var played = 0;
        while (_items.TryPeek(out var item))
        {
            if (item.Samples is not { } samples)
            {
                marks.Add(_items.Dequeue().Mark!);
                continue;
            }
            if (played == frame.Length)
                break;
            var count = Math.Min(samples.Length - _offset, frame.Length - played);
            samples.AsSpan(_offset, count).CopyTo(frame[played..]);
            played += count;
            _offset += count;
            if (_offset < samples.Length)
                continue;
            _items.Dequeue();
            _offset = 0;
        }
        frame[played..].Clear();
        Samples -= played;
        return played;
    }

    /// <summary>Empties the buffer.</summary>
    /// <returns>The samples and the marks that were in it.</returns>
    internal (long Samples, List<string> Marks) Clear()
    {
        var dropped = (Samples, _items.Select(static item => item.Mark).OfType<string>().ToList());
        _items.Clear();
        (Samples, _offset) = (0, 0);
        return dropped;
    }

    private readonly record struct Item(short[]? Samples, string? Mark);
}
