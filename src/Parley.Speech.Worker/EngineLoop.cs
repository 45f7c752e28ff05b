using System.Collections.Concurrent;
using Parley.Speech.Worker.Pipe;

namespace Parley.Speech.Worker;

/// <summary>
/// Lets an engine answer the messages of one application: one thread reads, another runs the engine, so that a request can be cancelled
/// while it is answered.
/// </summary>
/// <param name="open">Loads the engine.</param>
/// <param name="pipe">Messages and answers.</param>
/// <param name="ended">Called on the engine's thread when the engine could not be loaded, with the exception, or when the application has gone, with null.</param>
internal sealed class EngineLoop(Func<WorkerPipe, IEngineServer> open, WorkerPipe pipe, Action<Exception?> ended)
{
    private readonly BlockingCollection<(PipeMessage Kind, byte[] Content)> _work = [];
    private IEngineServer? _server;

    /// <summary>Reads messages until the input ends. The engine may still be answering then.</summary>
    public void Run()
    {
        new Thread(Serve) { IsBackground = true, Name = "Engine" }.Start();
        while (pipe.TryRead(out var kind, out var content))
        {
            if (kind == PipeMessage.Cancel)
                Volatile.Read(ref _server)?.Cancel(BitConverter.ToInt32(content));
            else
                _work.Add((kind, content.ToArray()));
        }
    }

    /// <summary>Lets the engine go after the last message; in a process of its own it goes with the process.</summary>
    public void Complete() => _work.CompleteAdding();

    // An answer cannot be written once the application has ended, and then nobody needs the engine.
    private void Serve()
    {
        try
        {
            Answer();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            ended(null);
        }
        finally
        {
            (_server as IDisposable)?.Dispose();
        }
    }

    private void Answer()
    {
        try
        {
            Volatile.Write(ref _server, open(pipe));
        }
        catch (Exception e) // The edge of the engine: the application gets the reason.
        {
            pipe.Write(PipeMessage.Failed, e.Message);
            ended(e);
            return;
        }

        pipe.Write(PipeMessage.Ready);
        foreach (var (kind, content) in _work.GetConsumingEnumerable())
        {
            try
            {
                _server.Handle(kind, content);
            }
            catch (Exception e) // The edge of the engine's loop: the application gets the reason, and the next message is served.
            {
                pipe.Write(PipeMessage.Failed, e.Message);
            }
        }
    }
}
