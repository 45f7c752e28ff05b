using System.Buffers;
using Parley.Protocol;

namespace Parley.Client.Resumption;

/// <summary>
/// Input that callers send while there is no connection, in order. Audio is bounded: the oldest is dropped first, but never its marks,
/// which are small. Other messages are kept, because their callers wait. Guarded by the writer's semaphore.
/// </summary>
internal sealed class HeldInput(TimeSpan maxAudio)
{
    private readonly LinkedList<Item> _items = [];

    internal TimeSpan Audio { get; private set; }

    /// <summary>Audio that was dropped since the last <see cref="TakeDropped"/>.</summary>
    internal TimeSpan Dropped { get; private set; }

    internal bool IsEmpty => _items.Count == 0;

    internal void AddAudio(ReadOnlySpan<byte> pcm, int rateHz)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(pcm.Length);
        pcm.CopyTo(buffer);
        var item = new Item { Pcm = buffer, Length = pcm.Length, RateHz = rateHz };
        _items.AddLast(item);
        Audio += item.Duration;
        for (var node = _items.First; Audio > maxAudio && node is not null;)
        {
            var next = node.Next;
            if (node.Value.Pcm is not null)
            {
                Dropped += node.Value.Duration;
                Remove(node);
            }
            node = next;
        }
    }

    /// <returns>A message whose wait completes when it is written, or fails with the end of the session.</returns>
    internal HeldMessage AddMessage(Func<LiveSessionRequest?> build)
    {
        var message = new HeldMessage(build);
        _items.AddLast(new Item { Message = message });
        return message;
    }

    internal bool TryPeek(out Item item)
    {
        while (_items.First is { } node)
        {
            item = node.Value;
            if (item.Message is not { IsWithdrawn: true })
                return true;
            Remove(node);
        }
        item = default;
        return false;
    }

    internal void RemoveFirst() => Remove(_items.First!);

    /// <summary>Drops all audio.</summary>
    internal void DropAudio()
    {
        for (var node = _items.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.Pcm is not null)
            {
                Dropped += node.Value.Duration;
                Remove(node);
            }
            node = next;
        }
    }

    internal TimeSpan TakeDropped()
    {
        var dropped = Dropped;
        Dropped = TimeSpan.Zero;
        return dropped;
    }

    internal void Fail(Exception error)
    {
        foreach (var item in _items)
            item.Message?.Fail(error);
        while (_items.First is { } node)
            Remove(node);
    }

    private void Remove(LinkedListNode<Item> node)
    {
        _items.Remove(node);
        Audio -= node.Value.Duration;
        if (node.Value.Pcm is { } pcm)
            ArrayPool<byte>.Shared.Return(pcm);
    }

    /// <summary>Either audio or a message.</summary>
    internal readonly record struct Item
    {
        internal byte[]? Pcm { get; init; }

        internal int Length { get; init; }

        internal int RateHz { get; init; }

        internal HeldMessage? Message { get; init; }

        internal TimeSpan Duration => Pcm is null ? TimeSpan.Zero : MessageTraits.OfAudio(Length, RateHz).Audio;
    }
}

/// <summary>A held message; its caller waits until it is written.</summary>
internal sealed class HeldMessage(Func<LiveSessionRequest?> build)
{
    private const int Waiting = 0, Taken = 1, Withdrawn = 2;

    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    internal Func<LiveSessionRequest?> Build { get; } = build;

    internal bool IsWithdrawn => Volatile.Read(ref _state) == Withdrawn;

    /// <summary>Waits until the message is written. Cancelling withdraws the message, unless it is already being written.</summary>
    internal async Task WaitAsync(CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(static state => ((HeldMessage)state!).Withdraw(), this).ConfigureAwait(false))
            await _written.Task.ConfigureAwait(false);
    }

    /// <summary>Takes the message for writing; false if the caller withdrew it.</summary>
    internal bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) != Withdrawn;

    internal void Written() => _written.TrySetResult();

    internal void Fail(Exception error)
    {
        // The exception must be observed, because no caller waits for a mark of the audio stream.
        if (_written.TrySetException(error))
            _ = _written.Task.Exception;
    }

    private void Withdraw()
    {
        if (Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting)
            _written.TrySetCanceled();
    }
}
