using System.Diagnostics.CodeAnalysis;
using Parley.Speech.Worker;
using Parley.Speech.Worker.Pipe;

namespace Parley.Speech.Workers;

/// <summary>
/// A running engine, seen by its owner: write a message, read the answer. Both block until the time limit; then the engine is ended. One
/// thread at a time writes and reads; <see cref="Cancel"/> and <see cref="Dispose"/> may be called from any thread.
/// </summary>
internal abstract class EngineConnection : IDisposable
{
    // Loading a model takes much longer than an answer.
    private const int LoadingFactor = 3;

    private readonly string _engine;
    private readonly ITimer _watchdog;
    private TimeSpan _patience;
    private WorkerPipe? _pipe;
    private volatile bool _stalled;
    private volatile bool _disposed;

    /// <param name="engine">Its name, for messages.</param>
    /// <param name="patience">The longest wait for an answer; loading the engine may take three times as long.</param>
    /// <param name="timeProvider">The clock.</param>
    protected EngineConnection(string engine, TimeSpan patience, TimeProvider timeProvider)
    {
        _engine = engine;
        _patience = patience;
        _watchdog = timeProvider.CreateTimer(static state => ((EngineConnection)state!).Stall(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The process of the engine; 0 if it runs in this process.</summary>
    public virtual int ProcessId => 0;

    /// <summary>What ended, for messages: "The worker for whisper (process 4711)".</summary>
    protected abstract string Description { get; }

    /// <summary>What native code printed last.</summary>
    protected virtual string LastError => "";

    /// <summary>Starts an engine of another assembly and waits until it is loaded.</summary>
    /// <param name="host">Starts a worker for it; null to run it on a thread of this process.</param>
    /// <param name="engine">Its name, for messages.</param>
    /// <param name="patience">The longest wait for an answer; loading may take three times as long.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="arguments">The arguments of the engine.</param>
    /// <exception cref="SpeechEngineException">It does not start, or does not load.</exception>
    public static EngineConnection Start<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TFactory>(
        WorkerHost? host, string engine, TimeSpan patience, TimeProvider timeProvider, params string[] arguments)
        where TFactory : class, IEngineFactory, new() => host is null
            ? new EngineThread(engine, pipe => new TFactory().Open(arguments, pipe), patience, timeProvider)
            : new WorkerProcess(
                host, engine, patience, timeProvider,
                [WorkerCommand.Engine, $"{typeof(TFactory).FullName}, {typeof(TFactory).Assembly.GetName().Name}", .. arguments]);

    /// <summary>Writes a message.</summary>
    /// <exception cref="SpeechEngineException">The engine has ended.</exception>
    public void Write(PipeMessage kind, ReadOnlySpan<byte> content = default) => Write(kind, content, default);

    /// <summary>Writes a message whose content is in two parts.</summary>
    /// <exception cref="SpeechEngineException">The engine has ended.</exception>
    public void Write(PipeMessage kind, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        // A process that is being killed may still take a message.
        if (_disposed)
            throw Gone(null);
        _watchdog.Change(_patience, Timeout.InfiniteTimeSpan);
        try
        {
            _pipe!.Write(kind, first, second);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw Gone(e);
        }
        finally
        {
            _watchdog.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>
    /// Asks the engine to stop answering the request with this number. It still sends the last message of the answer. Does nothing if the
    /// engine has ended.
    /// </summary>
    public void Cancel(int number)
    {
        try
        {
            _pipe!.Write(PipeMessage.Cancel, BitConverter.GetBytes(number));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The thread that waits for the answer gets the reason.
        }
    }

    /// <summary>Waits for the next message.</summary>
    /// <param name="content">Its content, valid until the next call.</param>
    /// <exception cref="SpeechEngineException">The engine has ended, or reports that the request failed.</exception>
    public PipeMessage Read(out ReadOnlySpan<byte> content)
    {
        _watchdog.Change(_patience, Timeout.InfiniteTimeSpan);
        try
        {
            if (!_pipe!.TryRead(out var kind, out content))
                throw Gone(null);
            return kind == PipeMessage.Failed ? throw new SpeechEngineException($"{_engine} failed: {System.Text.Encoding.UTF8.GetString(content)}") : kind;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidDataException)
        {
            throw Gone(e);
        }
        finally
        {
            _watchdog.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Waits for a message of this kind and returns its content, valid until the next call.</summary>
    public ReadOnlySpan<byte> Expect(PipeMessage expected)
    {
        var kind = Read(out var content);
        return kind == expected ? content : throw new SpeechEngineException($"{Description} answered {kind} instead of {expected}.");
    }

    /// <summary>Ends the engine at once; pending reads and writes fail.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _watchdog.Dispose();
        Kill();
        Release();
    }

    /// <summary>Waits until the engine is loaded; called once, at the end of the constructor.</summary>
    protected void Open(WorkerPipe pipe)
    {
        _pipe = pipe;
        var patience = _patience;
        _patience = LoadingFactor * patience;
        try
        {
            Expect(PipeMessage.Ready);
            _patience = patience;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Ends the engine, so that pending reads fail. Called from any thread, possibly more than once.</summary>
    protected abstract void Kill();

    /// <summary>Releases what <see cref="Kill"/> left; called once.</summary>
    protected virtual void Release()
    {
    }

    private void Stall()
    {
        _stalled = true;
        Kill();
    }

    private SpeechEngineException Gone(Exception? cause)
    {
        var why = _stalled ? $"gave no answer for {_patience.TotalSeconds:0.#} s and was killed" : _disposed ? "was ended" : "died";
        return new SpeechEngineException($"{Description} {why}.{(LastError.Length > 0 ? " Its last error output: " + LastError : "")}", cause);
    }
}
