using System.Diagnostics;
using Parley.Speech.Worker;

namespace Parley.Speech;

/// <summary>
/// One worker as its owner sees it: write a frame, read the answer. Both block, but never longer than the patience: then the worker is
/// killed. One thread at a time writes and reads; <see cref="Dispose"/> may come from any.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    // Loading a model takes many times what an answer takes.
    private const int LoadingFactor = 3;

    private readonly Process _process;
    private readonly string _engine;
    private readonly FrameStream _frames;
    private readonly ITimer _watchdog;
    private readonly TimeSpan _patience;
    private volatile bool _stalled;
    private volatile bool _disposed;
    private volatile string _lastError = "";

    /// <summary>Starts a worker and waits until its engine is loaded.</summary>
    /// <param name="host">How to start it.</param>
    /// <param name="patience">The longest wait for an answer; three times as long for the engine to load.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="arguments">The engine and what it needs.</param>
    /// <exception cref="SpeechEngineException">It does not start, or its engine does not load.</exception>
    public WorkerProcess(WorkerHost host, TimeSpan patience, TimeProvider timeProvider, params string[] arguments)
    {
        _engine = arguments[0];
        _patience = LoadingFactor * patience;
        _process = host.Start(arguments);
        ProcessId = _process.Id;
        _watchdog = timeProvider.CreateTimer(static state => ((WorkerProcess)state!).Stall(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _frames = new FrameStream(_process.StandardOutput.BaseStream, _process.StandardInput.BaseStream);
        _process.ErrorDataReceived += (_, line) => _lastError = string.IsNullOrWhiteSpace(line.Data) ? _lastError : line.Data.Trim();
        _process.BeginErrorReadLine();
        try
        {
            Expect(FrameKind.Ready);
            _patience = patience;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int ProcessId { get; }

    /// <summary>Writes a frame.</summary>
    /// <exception cref="SpeechEngineException">The worker is gone.</exception>
    public void Write(FrameKind kind, ReadOnlySpan<byte> content = default)
    {
        _watchdog.Change(_patience, Timeout.InfiniteTimeSpan);
        try
        {
            _frames.Write(kind, content);
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

    /// <summary>Waits for the next frame.</summary>
    /// <param name="content">Its content, until the next call.</param>
    /// <exception cref="SpeechEngineException">The worker is gone, or says that it could not do what was asked.</exception>
    public FrameKind Read(out ReadOnlySpan<byte> content)
    {
        _watchdog.Change(_patience, Timeout.InfiniteTimeSpan);
        try
        {
            if (!_frames.TryRead(out var kind, out content))
                throw Gone(null);
            return kind == FrameKind.Failed ? throw new SpeechEngineException($"{_engine} failed: {System.Text.Encoding.UTF8.GetString(content)}") : kind;
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

    /// <summary>Waits for a frame of a kind and gives its content, until the next call.</summary>
    public ReadOnlySpan<byte> Expect(FrameKind expected)
    {
        var kind = Read(out var content);
        return kind == expected ? content : throw new SpeechEngineException($"The worker for {_engine} answered {kind} where {expected} was due.");
    }

    /// <summary>Ends the worker at once; who waits for it is told.</summary>
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
            // It ended by itself.
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // It is ending.
        }
    }

    private SpeechEngineException Gone(Exception? cause)
    {
        var why = _stalled ? $"gave no answer for {_patience.TotalSeconds:0.#} s and was ended" : _disposed ? "was ended" : "died";
        return new SpeechEngineException($"The worker for {_engine} (process {ProcessId}) {why}.{(_lastError.Length > 0 ? " It said: " + _lastError : "")}", cause);
    }
}
