using System.Diagnostics;
using Parley.Speech.Worker;
using Parley.Speech.Worker.Pipe;

namespace Parley.Speech.Workers;

/// <summary>An engine in a worker process.</summary>
internal sealed class WorkerProcess : EngineConnection
{
    private readonly Process _process;
    private readonly string _engine;
    private volatile string _lastError = "";

    /// <summary>Starts a worker and waits until its engine is loaded.</summary>
    /// <param name="host">How to start it.</param>
    /// <param name="patience">The longest wait for an answer; loading the engine may take three times as long.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="arguments">The engine and its arguments; see <see cref="WorkerCommand"/>.</param>
    /// <exception cref="SpeechEngineException">It does not start, or its engine does not load.</exception>
    public WorkerProcess(WorkerHost host, TimeSpan patience, TimeProvider timeProvider, params string[] arguments)
        : this(host, arguments[0], patience, timeProvider, arguments)
    {
    }

    internal WorkerProcess(WorkerHost host, string engine, TimeSpan patience, TimeProvider timeProvider, string[] arguments)
        : base(engine, patience, timeProvider)
    {
        _engine = engine;
        _process = host.Start(arguments);
        ProcessId = _process.Id;
        _process.ErrorDataReceived += (_, line) => _lastError = string.IsNullOrWhiteSpace(line.Data) ? _lastError : line.Data.Trim();
        _process.BeginErrorReadLine();
        Open(new WorkerPipe(_process.StandardOutput.BaseStream, _process.StandardInput.BaseStream));
    }

    public override int ProcessId { get; }

    protected override string Description => $"The worker for {_engine} (process {ProcessId})";

    protected override string LastError => _lastError;

    protected override void Kill()
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

    protected override void Release() => _process.Dispose();
}
