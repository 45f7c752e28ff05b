using Parley.Speech.Worker.Pipe;
using Whisper.net;

namespace Parley.Speech.Whisper.Decoding;

/// <summary>Loads a model; in a worker, or on a thread of an application without workers.</summary>
internal sealed class WhisperEngine : IEngineFactory
{
    /// <param name="arguments">The path of the model.</param>
    /// <param name="pipe">Where the answers go.</param>
    public IEngineServer Open(string[] arguments, WorkerPipe pipe)
    {
        NativeFiles.Find();
        var file = WhisperModelFile.Read(arguments[0]);
        try
        {
            return new WhisperServer(WhisperFactory.FromPath(arguments[0]), file, pipe);
        }
        catch (Exception e) when (NativeFiles.IsLoadFailure(e))
        {
            throw new InvalidOperationException($"whisper's library cannot be loaded: {e.Message} {NativeFiles.Hint}", e);
        }
    }
}
