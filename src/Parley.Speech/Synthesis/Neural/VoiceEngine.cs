using System.Collections.Concurrent;
using System.Text;
using Parley.Speech.Worker.Pipe;
using Parley.Speech.Workers;

namespace Parley.Speech.Synthesis.Neural;

/// <summary>
/// One loaded network for all sessions, normally in a worker process: a thread that passes on one request after another. A session has at
/// most two requests here, so they take turns. If the engine dies, another one repeats the request; none of its audio was heard yet.
/// </summary>
/// <param name="name">For the name of the thread and messages.</param>
/// <param name="start">Starts the engine.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="lost">Called when an engine was lost.</param>
internal sealed class VoiceEngine(string name, Func<EngineConnection> start, TimeProvider timeProvider, Action<Exception>? lost = null) : IDisposable
{
    // More than two for each session of the largest server; beyond, the text would come much too late.
    private const int MaxWaiting = 1_024;

    private readonly Supervisor<EngineConnection> _engines = new(start, timeProvider);
    private readonly BlockingCollection<VoiceJob> _jobs = new(MaxWaiting);
    private readonly Lock _lock = new();
    private EngineConnection? _connection;
    private VoiceJob? _running;
    private volatile bool _disposed;
    private int _numbers;

    /// <summary>The process; 0 if there is none.</summary>
    public int ProcessId => _engines.Current?.ProcessId ?? 0;

    /// <summary>Number of engines replaced.</summary>
    public int Restarts => _engines.Restarts;

    /// <summary>Loads the network and lets it answer once; blocks meanwhile. Then it takes requests.</summary>
    /// <param name="first">A short request; its audio is dropped.</param>
    /// <exception cref="SpeechEngineException">It does not load, or does not answer.</exception>
    public void Start(VoiceRequest first)
    {
        var job = new VoiceJob(first);
        if (Ask(_engines.Get(), job) is { } refusal)
            throw refusal;
        new Thread(Work) { IsBackground = true, Name = $"Parley {name}" }.Start();
    }

    /// <summary>Asks for audio.</summary>
    /// <exception cref="SpeechEngineException">Too many requests are waiting, or the engine was disposed.</exception>
    public VoiceJob Enqueue(VoiceRequest request)
    {
        var job = new VoiceJob(request with { Number = Interlocked.Increment(ref _numbers) });
        try
        {
            return _jobs.TryAdd(job) ? job : throw new SpeechEngineException($"{MaxWaiting} clauses are waiting for {name}; this one is refused.");
        }
        catch (InvalidOperationException e)
        {
            throw new SpeechEngineException($"{name} was disposed.", e);
        }
    }

    /// <summary>Drops a request, also while it is being answered.</summary>
    public void Cancel(VoiceJob job)
    {
        job.Cancel();
        lock (_lock)
        {
            if (_running == job)
                _connection?.Cancel(job.Request.Number);
        }
    }

    /// <summary>Ends the engine at once; waiting requests fail.</summary>
    public void Dispose()
    {
        _disposed = true;
        _jobs.CompleteAdding();
        _engines.Dispose();
    }

    private void Work()
    {
        foreach (var job in _jobs.GetConsumingEnumerable())
            Run(job);
    }

    private void Run(VoiceJob job)
    {
        for (var isRetry = false; ; isRetry = true)
        {
            try
            {
                var refusal = job.IsCancelled ? null : Ask(_engines.Get(), job);
                if (refusal is null)
                    job.Complete();
                else
                    job.Fail(refusal);
                return;
            }
            catch (Exception e) // The edge of the thread's loop.
            {
                if (_disposed)
                {
                    job.Fail(e);
                    return;
                }
                _engines.Failed(e);
                lost?.Invoke(e);
                if (isRetry)
                {
                    job.Fail(e);
                    return;
                }
                job.Restart();
            }
        }
    }

    /// <returns>Why the network refused the request; null if it answered.</returns>
    private SpeechEngineException? Ask(EngineConnection engine, VoiceJob job)
    {
        lock (_lock)
            (_connection, _running) = (engine, job);
        try
        {
            engine.Write(PipeMessage.Request, job.Request.ToBytes());
            if (job.IsCancelled)
                engine.Cancel(job.Request.Number);
            PipeMessage kind;
            ReadOnlySpan<byte> content;
            while ((kind = engine.Read(out content)) == PipeMessage.Part)
                job.Add(content);
            if (kind != PipeMessage.Result)
                throw new SpeechEngineException($"{name} answered {kind} instead of {PipeMessage.Result}.");
            _engines.Succeeded();
            return content.IsEmpty ? null : new SpeechEngineException($"{name} refused a clause: {Encoding.UTF8.GetString(content)}");
        }
        finally
        {
            lock (_lock)
                (_connection, _running) = (null, null);
        }
    }
}
