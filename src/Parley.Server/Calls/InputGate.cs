namespace Parley.Server.Calls;

/// <summary>
/// What the user types waits here for its checks, in order, and with it whatever must not overtake it. Audio does not wait. If too much waits, the next message of
/// the client is not read.
/// </summary>
internal sealed class InputGate(CallSide side)
{
    private const int MaxWaiting = 32;

    private readonly Lock _gate = new();
    private readonly Queue<InputItem> _waiting = new();
    private TaskCompletionSource? _room;
    private int _marks;
    private bool _isRunning;

    /// <summary>Something waits.</summary>
    internal bool IsBusy => Volatile.Read(ref _isRunning);

    /// <summary>An activity mark waits, which audio must not overtake.</summary>
    internal bool HoldsMark => Volatile.Read(ref _marks) > 0;

    /// <summary>Adds an item. The caller waits for room before it takes the next message.</summary>
    internal void Add(InputItem item)
    {
        lock (_gate)
        {
            if (side.IsEnding)
                return;
            _waiting.Enqueue(item);
            if (item.IsMark)
                _marks++;
            if (!_isRunning)
            {
                Volatile.Write(ref _isRunning, true);
                _ = Task.Run(RunAsync);
            }
        }
    }

    internal ValueTask WaitForRoomAsync()
    {
        lock (_gate)
        {
            if (_waiting.Count < MaxWaiting || side.IsEnding)
                return default;
            return new((_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task);
        }
    }

    /// <summary>Whether a message must be added although it has no text: it would overtake one that waits.</summary>
    /// <param name="isMark">It starts or ends an activity of the user.</param>
    /// <param name="isMedia">It has audio or a picture.</param>
    internal bool MustFollow(bool isMark, bool isMedia) => IsBusy && (isMark || !isMedia || HoldsMark);

    private async Task RunAsync()
    {
        while (true)
        {
            InputItem item;
            lock (_gate)
            {
                if (side.IsEnding)
                {
                    _waiting.Clear();
                    _marks = 0;
                }
                if (!_waiting.TryPeek(out item!))
                {
                    Volatile.Write(ref _isRunning, false);
                    _room?.TrySetResult();
                    _room = null;
                    return;
                }
            }
            await side.GuardAsync(() => HandleAsync(item)).ConfigureAwait(false);
            lock (_gate)
            {
                _waiting.TryDequeue(out _);
                if (item.IsMark)
                    _marks--;
                if (_waiting.Count >= MaxWaiting)
                    continue;
                _room?.TrySetResult();
                _room = null;
            }
        }
    }

    private async ValueTask HandleAsync(InputItem item)
    {
        List<TextEdit>? edits = null;
        foreach (var text in item.Texts)
        {
            var result = await side.Checks.RunAsync(text, side.Ended).ConfigureAwait(false);
            if (result.IsBlocked)
            {
                item.Refuse();
                side.Refuse(result, item.AsksForAnswer);
                return;
            }
            if (result.Replacement is { } replacement)
                (edits ??= []).Add(new TextEdit(text, replacement));
        }
        await item.PassAsync(edits).ConfigureAwait(false);
    }
}

/// <summary>A message of the client that waits.</summary>
internal abstract class InputItem
{
    /// <summary>Its texts; empty if it only waits for its turn.</summary>
    internal IReadOnlyList<CallText> Texts { get; init; } = [];

    /// <summary>It starts or ends an activity of the user.</summary>
    internal bool IsMark { get; init; }

    /// <summary>The client expects an answer to it.</summary>
    internal bool AsksForAnswer { get; init; }

    /// <summary>Passes it to the model.</summary>
    internal abstract ValueTask PassAsync(IReadOnlyList<TextEdit>? edits);

    /// <summary>It does not pass.</summary>
    internal virtual void Refuse()
    {
    }
}
