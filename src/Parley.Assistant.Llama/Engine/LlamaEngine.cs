using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Parley.Speech.Worker.Pipe;
using Parley.Speech.Workers;

namespace Parley.Assistant.Llama.Engine;

/// <summary>
/// The application's side of the worker: one thread writes requests and reads the pieces of all answers. The worker sends at least one message
/// per step of the model while it has work, so its silence means that it hangs, and a new request waits for one step at most, as it would in
/// the worker. If the worker dies, the running answers fail and the next request starts another one.
/// </summary>
internal sealed class LlamaEngine : IDisposable
{
    private readonly Supervisor<EngineConnection> _worker;
    private readonly int _maxAnswers;
    private readonly Action<Exception> _lost;
    private readonly BlockingCollection<PendingAnswer> _asked = [];
    private readonly Dictionary<int, PendingAnswer> _open = [];
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private int _lastNumber;

    /// <summary>Starts to load the model.</summary>
    /// <param name="start">Starts the worker and waits until the model is loaded.</param>
    /// <param name="maxAnswers">Most answers that run or wait.</param>
    /// <param name="timeProvider">The clock of the pauses after failures.</param>
    /// <param name="lost">Called for each failure of the worker.</param>
    public LlamaEngine(Func<EngineConnection> start, int maxAnswers, TimeProvider timeProvider, Action<Exception> lost)
    {
        _worker = new Supervisor<EngineConnection>(start, timeProvider);
        (_maxAnswers, _lost) = (maxAnswers, lost);
        new Thread(Work) { IsBackground = true, Name = "Parley llama" }.Start();
    }

    /// <summary>Completes when the model is loaded, or fails with the reason why it is not.</summary>
    public Task Loaded => _loaded.Task;

    /// <summary>The process of the worker; null while there is none.</summary>
    public int? ProcessId => _worker.Current?.ProcessId;

    /// <summary>Workers that were replaced.</summary>
    public int Restarts => _worker.Restarts;

    /// <summary>Asks for an answer. The caller reads it, or cancels it.</summary>
    /// <exception cref="InvalidOperationException">Too many answers run or wait already.</exception>
    public PendingAnswer Ask(AnswerRequest request)
    {
        if (Interlocked.Increment(ref _count) > _maxAnswers)
        {
            Interlocked.Decrement(ref _count);
            throw new InvalidOperationException($"The chat model is busy: {_maxAnswers} answers run or wait already. ChatModel:Gguf:MaxAnswers allows more.");
        }
        var number = Interlocked.Increment(ref _lastNumber);
        var answer = new PendingAnswer(
            number, [.. BitConverter.GetBytes(number), .. JsonSerializer.SerializeToUtf8Bytes(request, LlamaJson.Default.AnswerRequest)]);
        _asked.Add(answer);
        return answer;
    }

    /// <summary>Stops an answer at its next token. Does nothing if it has ended.</summary>
    public void Cancel(PendingAnswer answer)
    {
        answer.IsCancelled = true;
        if (!answer.IsOver)
            _worker.Current?.Cancel(answer.Number);
    }

    /// <summary>Ends the worker; running answers fail.</summary>
    public void Dispose()
    {
        _asked.CompleteAdding();
        _worker.Dispose();
    }

    private void Work()
    {
        try
        {
            _worker.Get();
            _loaded.TrySetResult();
        }
        catch (Exception e) // The first request tries again.
        {
            Fail(e);
            _loaded.TrySetException(e);
        }
        while (_open.Count > 0 || !_asked.IsCompleted)
        {
            try
            {
                Step();
            }
            catch (Exception e) // The edge of the loop: the running answers fail, the next ones get a new worker.
            {
                Fail(e);
            }
        }
    }

    private void Step()
    {
        if (_open.Count == 0)
        {
            if (!_asked.TryTake(out var first, Timeout.Infinite))
                return;
            Send(first);
        }
        while (_asked.TryTake(out var next))
            Send(next);
        if (_open.Count > 0)
            Receive(_worker.Get());
    }

    private void Send(PendingAnswer answer)
    {
        if (answer.IsCancelled)
        {
            End(answer);
            return;
        }
        _open.Add(answer.Number, answer);
        _worker.Get().Write(PipeMessage.Request, answer.Request);
        // Cancelled after it was looked at, and before the worker knew it.
        if (answer.IsCancelled)
            Cancel(answer);
    }

    private void Receive(EngineConnection worker)
    {
        var kind = worker.Read(out var content);
        var number = BinaryPrimitives.ReadInt32LittleEndian(content);
        var rest = content[sizeof(int)..];
        if (!_open.TryGetValue(number, out var answer))
            return; // A step without text.
        if (kind == PipeMessage.Part)
        {
            answer.Add(Encoding.UTF8.GetString(rest));
            return;
        }
        answer.Complete(JsonSerializer.Deserialize(rest, LlamaJson.Default.AnswerResult)!);
        _worker.Succeeded();
        End(answer);
    }

    private void End(PendingAnswer answer)
    {
        _open.Remove(answer.Number);
        Interlocked.Decrement(ref _count);
    }

    private void Fail(Exception reason)
    {
        // A worker that rests is not replaced.
        if (!_asked.IsAddingCompleted && (_worker.Current is not null || !_worker.IsResting))
        {
            _worker.Failed(reason);
            _lost(reason);
        }
        foreach (var answer in _open.Values.ToArray())
        {
            answer.Fail(reason);
            End(answer);
        }
    }
}
