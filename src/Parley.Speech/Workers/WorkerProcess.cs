using System.Diagnostics;
using Parley.Speech.Worker.Pipe;

namespace Parley.Speech.Workers;

/// <summary>
/// A worker process, seen by its owner: write a message, read the answer. Both block until the time limit; then the worker is killed.
/// One thread at a time writes and reads; <see cref="Dispose"/> may be called from any thread.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    // Loading a model takes much longer than an answer.
    private const int LoadingFactor = 3;

    private readonly Process _process;
    private readonly string _engine;
    private readonly WorkerPipe _pipe;
    private readonly ITimer _watchdog;
    private readonly TimeSpan _patience;
    private volatile bool _stalled;
    private volatile bool _disposed;
    private volatile string _lastError = "";

    /// <summary>Starts a worker and waits until its engine is loaded.</summary>
    /// <param name="host">How to start it.</param>
    /// <param name="patience">The longest wait for an answer; loading the engine may take three times as long.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="arguments">The engine and its arguments.</param>
    /// <exception cref="SpeechEngineException">It does not start, or its engine does not load.</exception>
    public WorkerProcess(WorkerHost host, TimeSpan patience, TimeProvider timeProvider, params string[] arguments)
    {
        _engine = arguments[0];
        _patience = LoadingFactor * patience;
        _process = host.Start(arguments);
        ProcessId = _process.Id;
        _watchdog = timeProvider.CreateTimer(static state => ((WorkerProcess)state!).Stall(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _pipe = new WorkerPipe(_process.StandardOutput.BaseStream, _process.StandardInput.BaseStream);
        _process.ErrorDataReceived += (_, line) => _lastError = string.IsNullOrWhiteSpace(line.Data) ? _lastError : line.Data.Trim();
        _process.BeginErrorReadLine();
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

    public int ProcessId { get; }

    /// <summary>Writes a message.</summary>
    /// <exception cref="SpeechEngineException">The worker has ended.</exception>
    public void Write(PipeMessage kind, ReadOnlySpan<byte> content = default)
    {
        _watchdog.Change(_patience, Timeout.InfiniteTimeSpan);
        try
        {
            _pipe.Write(kind, content);
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

    /// <summary>Waits for the next message.</summary>
    /// <param name="content">Its content, valid until the next call.</param>
    /// <exception cref="SpeechEngineException">The worker has ended, or reports that the request failed.</exception>
    public PipeMessage Read(out ReadOnlySpan<byte> content)
    {
        _watchdog.Change(_patience, Timeout.InfiniteTimeSpan);
        try
        {
            if (!_pipe.TryRead(out var kind, out content))
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
        return kind == expected ? content : throw new SpeechEngineException($"The worker for {_engine} answered {kind} instead of {expected}.");
    }

    /// <summary>Ends the worker at once; pending reads and writes fail.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _watchdog.Dispose();
        Kill();
        _process.Dispose();
    }

    private void Stall()
    {
        _stalled = true;
        Kill();
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // Ended already.
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Ending already.
        }
    }

    private SpeechEngineException Gone(Exception? cause)
    {
        var why = _stalled ? $"gave no answer for {_patience.TotalSeconds:0.#} s and was killed" : _disposed ? "was ended" : "died";
        return new SpeechEngineException($"The worker for {_engine} (process {ProcessId}) {why}.{(_lastError.Length > 0 ? " Its last error output: " + _lastError : "")}", cause);
    }
}
