namespace Parley.Server.Calls;

/// <summary>
/// What the model sends waits here for its checks, in order:
/// <code>
/// text                 waits until its checks have passed
/// audio                does not wait, unless a check holds answers: then until the next text, the end of the turn or the deadline
/// everything else      waits for what was sent before it
/// interrupted          overtakes all, and the answer that waits is dropped
/// </code>
/// If too much waits, the model is not read.
/// </summary>
internal sealed class AnswerGate(CallSide side, TimeProvider time)
{
    private const int MaxWaiting = 256;
    private const int MaxWaitingBytes = 4 << 20;

    private readonly Lock _gate = new();
    private readonly List<AnswerItem> _waiting = [];
    private TaskCompletionSource? _room, _changed;
    private CancellationTokenSource? _checking;
    private AnswerItem? _checked;
    private int _bytes;
    private bool _isRunning, _turnHasText;

    /// <summary>Whether something may be sent now. What may not is added.</summary>
    internal bool MayPass(AnswerKind kind, bool hasTexts)
    {
        lock (_gate)
        {
            if (hasTexts || (side.Checks.Holder is not null && kind is AnswerKind.Audio))
                return false;
            if (!_isRunning)
            {
                if (kind == AnswerKind.End)
                    _turnHasText = false;
                return true;
            }
            return kind == AnswerKind.Audio && _waiting.TrueForAll(static item => item.Texts.Count > 0 && item.Kind != AnswerKind.End);
        }
    }

    internal void Add(AnswerItem item)
    {
        lock (_gate)
        {
            item.Arrived = time.GetTimestamp();
            _waiting.Add(item);
            _bytes += item.Bytes;
            Changed();
            if (_isRunning)
                return;
            _isRunning = true;
            _ = Task.Run(RunAsync);
        }
    }

    internal ValueTask WaitForRoomAsync()
    {
        lock (_gate)
        {
            if (!_isRunning || (_waiting.Count < MaxWaiting && _bytes < MaxWaitingBytes))
                return default;
            return new((_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task);
        }
    }

    /// <summary>The answer was interrupted: what waits of it is dropped.</summary>
    /// <param name="generation">Only of this generation and earlier ones; null = all.</param>
    internal void Interrupted(int? generation = null)
    {
        lock (_gate)
        {
            foreach (var item in _waiting)
            {
                if (item.Kind is AnswerKind.Audio or AnswerKind.Text && item.Texts.All(static text => !text.IsUser) && !(item.Generation > generation))
                    item.IsDropped = true;
            }
            if (_checked is { IsDropped: true })
                _ = _checking?.CancelAsync();
            Changed();
        }
    }

    /// <summary>The rest of an answer is left out: nothing of it has to wait.</summary>
    internal void Wake()
    {
        lock (_gate)
            Changed();
    }

    // With the lock held.
    private void Changed()
    {
        _changed?.TrySetResult();
        _changed = null;
    }

    private async Task RunAsync()
    {
        while (true)
        {
            AnswerItem item;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _isRunning = false;
                    SignalRoom();
                    return;
                }
                item = _waiting[0];
            }
            await side.GuardAsync(() => HandleAsync(item)).ConfigureAwait(false);
            lock (_gate)
            {
                _waiting.RemoveAt(0);
                _bytes -= item.Bytes;
                if (_waiting.Count < MaxWaiting && _bytes < MaxWaitingBytes)
                    SignalRoom();
            }
        }
    }

    private void SignalRoom()
    {
        _room?.TrySetResult();
        _room = null;
    }

    private async ValueTask HandleAsync(AnswerItem item)
    {
        if (item.Kind != AnswerKind.Close)
            side.Ended.ThrowIfCancellationRequested();
        var verdict = side.Checks.Holder is { } holder && item is { Kind: AnswerKind.Audio, Texts.Count: 0 }
            ? await WaitForTextAsync(item, holder).ConfigureAwait(false)
            : await CheckAsync(item).ConfigureAwait(false);
        lock (_gate)
        {
            if (item.IsDropped)
                return;
            _turnHasText = item.Kind != AnswerKind.End && (_turnHasText || item.HasAnswerText);
        }
        verdict.ApplyTo(side);
        await item.ReleaseAsync(verdict).ConfigureAwait(false);
    }

    private async ValueTask<AnswerVerdict> CheckAsync(AnswerItem item)
    {
        if (item.Texts.Count == 0 || item.Verdict is not null)
            return item.Verdict ?? default;
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(side.Ended);
        lock (_gate)
        {
            if (item.IsDropped)
                throw new OperationCanceledException();
            (_checking, _checked) = (cancelled, item);
        }
        try
        {
            var verdict = default(AnswerVerdict);
            foreach (var text in item.Texts)
            {
                // Nothing more of a stopped answer reaches the client.
                if (!text.IsUser && (side.IsCut || verdict.User.IsBlocked))
                    continue;
                var result = await side.Checks.RunAsync(text, cancelled.Token).ConfigureAwait(false);
                verdict = verdict.With(text, result);
                if (verdict.Model.IsBlocked)
                    break;
            }
            item.Verdict = verdict;
            return verdict;
        }
        finally
        {
            lock (_gate)
                (_checking, _checked) = (null, null);
        }
    }

    // Audio is released with the text after it: the transcript of audio comes before, with or after it.
    private async ValueTask<AnswerVerdict> WaitForTextAsync(AnswerItem item, CallChecks.Check holder)
    {
        while (!side.IsCut)
        {
            AnswerItem? next;
            Task changed;
            bool hadText;
            lock (_gate)
            {
                if (item.IsDropped || item.IsCovered)
                    return default;
                next = _waiting.Find(static other => other.HasAnswerText || other.Kind is AnswerKind.End or AnswerKind.Close);
                changed = (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                hadText = _turnHasText;
            }
            if (next is { HasAnswerText: true })
            {
                var verdict = await CheckAsync(next).ConfigureAwait(false);
                lock (_gate)
                {
                    _turnHasText = true;
                    foreach (var earlier in _waiting.TakeWhile(other => other != next))
                        earlier.IsCovered = true;
                }
                // The audio before a blocked text is that text, spoken.
                return verdict with { Edits = null, User = default };
            }
            var left = holder.Deadline - time.GetElapsedTime(item.Arrived);
            if (next is not null || left <= TimeSpan.Zero)
                return hadText ? default : NoText(holder);
            try
            {
                await changed.WaitAsync(left, time, side.Ended).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // The deadline has passed; the loop sees it.
            }
        }
        return default;
    }

    private AnswerVerdict NoText(CallChecks.Check holder)
    {
        // Reported once for a turn.
        lock (_gate)
            _turnHasText = true;
        return new AnswerVerdict { Model = side.Checks.NoText(holder) };
    }
}
