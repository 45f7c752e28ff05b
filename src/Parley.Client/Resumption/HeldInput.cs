using System.Buffers;
using Parley.Protocol;

namespace Parley.Client.Resumption;

/// <summary>
/// What callers send while there is no connection, in order. Sound is bounded, the oldest goes first; its marks stay, they are small. Other
/// messages are kept: their callers wait for them. Guarded by the right to write.
/// </summary>
internal sealed class HeldInput(TimeSpan maxAudio)
{
    private readonly LinkedList<Item> _items = [];

    internal TimeSpan Audio { get; private set; }

    /// <summary>Sound that had to make room, since <see cref="TakeDropped"/>.</summary>
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

    /// <returns>Done when the message was written, or the session has ended.</returns>
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

    /// <summary>Sound must not be sent any more.</summary>
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

    /// <summary>Either sound or a message.</summary>
    internal readonly record struct Item
    {
        internal byte[]? Pcm { get; init; }

        internal int Length { get; init; }

        internal int RateHz { get; init; }

        internal HeldMessage? Message { get; init; }

        internal TimeSpan Duration => Pcm is null ? TimeSpan.Zero : MessageTraits.OfAudio(Length, RateHz).Audio;
    }
}

/// <summary>A message whose caller waits until it is written.</summary>
internal sealed class HeldMessage(Func<LiveSessionRequest?> build)
{
    private const int Waiting = 0, Taken = 1, Withdrawn = 2;

    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    internal Func<LiveSessionRequest?> Build { get; } = build;

    internal bool IsWithdrawn => Volatile.Read(ref _state) == Withdrawn;

    /// <summary>Waits; cancelling it takes the message back, unless it is under way already.</summary>
    internal async Task WaitAsync(CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(static state => ((HeldMessage)state!).Withdraw(), this).ConfigureAwait(false))
            await _written.Task.ConfigureAwait(false);
    }

    /// <summary>False where the caller took it back.</summary>
    internal bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) != Withdrawn;

    internal void Written() => _written.TrySetResult();

    internal void Fail(Exception error)
    {
        // Nobody waits for a mark of the audio stream.
        if (_written.TrySetException(error))
            _ = _written.Task.Exception;
    }

    private void Withdraw()
    {
        if (Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting)
            _written.TrySetCanceled();
    }
}
