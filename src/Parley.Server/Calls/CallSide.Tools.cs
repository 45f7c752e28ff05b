using System.Collections.Concurrent;
using System.Text.Json;
using Parley.Protocol;
using Parley.Server.Wire;

namespace Parley.Server.Calls;

/// <summary>Functions of the server, and what it sends to the model.</summary>
#pragma warning disable CA1001 // See the other part.
internal sealed partial class CallSide
#pragma warning restore CA1001
{
    /// <summary>More calls than any model has open.</summary>
    private const int MaxOpen = 256;

    /// <summary>Calls of functions that other processes run, by id.</summary>
    internal ConcurrentDictionary<string, TaskCompletionSource<JsonElement>> RemoteCalls { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether a function of the server was called with this id and has no result yet.</summary>
    internal bool IsOwn(string callId)
    {
        lock (_gate)
            return _running.ContainsKey(callId);
    }

    /// <summary>Tells the model of functions that were added after the start, beside those of the client.</summary>
    internal Task<bool> SendToolsAsync() =>
        SendNowAsync(new LiveSessionRequest { ContextUpdate = Additions.ApplyTo(new ContextUpdate { Tools = new ToolList { Tools = Volatile.Read(ref _clientTools) } }) });

    // Runs the calls of the server's functions, and returns the others.
    private List<FunctionCall> TakeCalls(IReadOnlyList<FunctionCall> calls)
    {
        var others = new List<FunctionCall>(calls.Count);
        foreach (var call in calls)
        {
            if (Additions.Find(call.Name) is not { } function)
            {
                lock (_gate)
                {
                    if (call.Id is { } id && _clients.Count < MaxOpen)
                        _clients.Add(id);
                }
                others.Add(call);
                continue;
            }
            // A call without an id (Vertex) is answered by its name; this id is for the server itself.
            var key = call.Id ?? RandomId.New();
            var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Ended);
            lock (_gate)
            {
                // The same call again: it is being answered.
                if (!_own.Add(key))
                {
                    cancelled.Dispose();
                    continue;
                }
                _running[key] = cancelled;
            }
            _events?.Called(key, call.Name!, call.Args);
            // The arguments may belong to a document that is returned to a pool.
            var own = call with { Args = call.Args?.Clone() };
            _ = Task.Run(() => RunAsync(function, own, key, cancelled), CancellationToken.None);
        }
        return others;
    }

    private async Task RunAsync(Microsoft.Extensions.AI.AIFunction function, FunctionCall call, string key, CancellationTokenSource cancelled)
    {
        var (response, failure) = await CallTool.RunAsync(function, call, key, _services.Provider, _services.Options.ToolTimeout, _services.Time, cancelled.Token).ConfigureAwait(false);
        if (failure is not null)
            Log.ToolFailed(_services.Logger, function.Name, Start.SessionId, failure);
        lock (_gate)
        {
            // Whoever removes it answers, or has cancelled it.
            if (!_running.Remove(key) || response is null)
                return;
            _isAnswerPending = true;
        }
        cancelled.Dispose();
        _events?.CallEnded(key, "answered", response.Response);
        await SendNowAsync(new LiveSessionRequest { ToolResponse = new ToolResponse { FunctionResponses = [response] } }).ConfigureAwait(false);
    }

    // Cancels calls of the server's functions, and returns the ids of the others.
    private List<string> Cancel(IReadOnlyList<string> ids)
    {
        var others = new List<string>(ids.Count);
        foreach (var id in ids)
        {
            CancellationTokenSource? running;
            lock (_gate)
            {
                _clients.Remove(id);
                if (!_own.Contains(id))
                {
                    others.Add(id);
                    continue;
                }
                _running.Remove(id, out running);
            }
            _events?.CallEnded(id, "cancelled", response: null);
            // Not on this thread: the callbacks are those of functions.
            _ = running?.CancelAsync();
        }
        Flush();
        return others;
    }

    private async Task<bool> SendNowAsync(LiveSessionRequest message)
    {
        // A model may call a function while its session is being opened.
        await _attached.Task.ConfigureAwait(false);
        Func<LiveSessionRequest, ValueTask>? send;
        lock (_gate)
        {
            if (_isOver)
                return false;
            send = _send;
        }
        try
        {
            await send!(message).ConfigureAwait(false);
            return true;
        }
        catch (LiveCloseException e)
        {
            _close(e.Close);
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException or IOException or System.Net.WebSockets.WebSocketException)
        {
            Log.NotSent(_services.Logger, Start.SessionId, e.GetType().Name);
        }
        catch (Exception e)
        {
            Log.SendFailed(_services.Logger, Start.SessionId, e);
            _close(LiveClose.Internal);
        }
        return false;
    }

    /// <summary>Sends what waits while the model is idle, one after the other.</summary>
    private void Flush()
    {
        lock (_gate)
        {
            if (_isFlushing || _waiting.Count == 0 || !IsIdle)
                return;
            _isFlushing = true;
        }
        _ = Task.Run(FlushAsync);
    }

    // With the lock held.
    private bool IsIdle => _send is not null && !_isOver && !_inTurn && !_isAnswerPending && _clients.Count == 0 && _running.Count == 0;

    private async Task FlushAsync()
    {
        while (true)
        {
            (LiveSessionRequest Message, TaskCompletionSource<bool> Sent) next;
            lock (_gate)
            {
                if (!IsIdle || !_waiting.TryDequeue(out next))
                {
                    _isFlushing = false;
                    return;
                }
                _isAnswerPending = next.Message.ContextUpdate is null;
            }
            next.Sent.TrySetResult(await SendNowAsync(next.Message).ConfigureAwait(false));
        }
    }
}
