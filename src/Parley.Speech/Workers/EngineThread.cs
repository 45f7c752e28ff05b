using System.IO.Pipes;
using Parley.Speech.Worker;
using Parley.Speech.Worker.Pipe;

namespace Parley.Speech.Workers;

/// <summary>
/// An engine on a thread of this process, for applications that cannot start workers. It cannot be killed: when it is ended, it finishes the
/// request that it is answering and then goes, and nobody waits for it. A crash of native code ends the application.
/// </summary>
internal sealed class EngineThread : EngineConnection
{
    private readonly AnonymousPipeServerStream _requests = new(PipeDirection.Out);
    private readonly AnonymousPipeServerStream _answers = new(PipeDirection.In);
    private readonly AnonymousPipeClientStream _engineInput;
    private readonly AnonymousPipeClientStream _engineOutput;
    private readonly string _engine;

    /// <summary>Starts the engine and waits until it is loaded.</summary>
    /// <exception cref="SpeechEngineException">It does not load.</exception>
    public EngineThread(string engine, Func<WorkerPipe, IEngineServer> open, TimeSpan patience, TimeProvider timeProvider)
        : base(engine, patience, timeProvider)
    {
        _engine = engine;
        _engineInput = new AnonymousPipeClientStream(PipeDirection.In, _requests.ClientSafePipeHandle);
        _engineOutput = new AnonymousPipeClientStream(PipeDirection.Out, _answers.ClientSafePipeHandle);
        var loop = new EngineLoop(open, new WorkerPipe(_engineInput, _engineOutput), static _ => { });
        new Thread(() => Run(loop)) { IsBackground = true, Name = $"Parley {engine}" }.Start();
        Open(new WorkerPipe(_answers, _requests));
    }

    protected override string Description => $"The engine {_engine}";

    // The ends that are written to come first: whoever reads gets the end of the stream, and nobody blocks on a closed handle.
    protected override void Kill()
    {
        _engineOutput.Dispose();
        _requests.Dispose();
    }

    protected override void Release() => _answers.Dispose();

    private void Run(EngineLoop loop)
    {
        try
        {
            loop.Run();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidDataException)
        {
            // The owner has gone.
        }
        finally
        {
            loop.Complete();
            _engineInput.Dispose();
        }
    }
}
