using System.Text.Json;
using Parley.Assistant.Llama.Engine;
using Parley.Speech.Worker.Pipe;

namespace Parley.Assistant.Llama.Worker;

/// <summary>Opens a GGUF model in a worker. The only argument is <see cref="WorkerSettings"/> as JSON.</summary>
internal sealed class LlamaEngineFactory : IEngineFactory
{
    public IEngineServer Open(string[] arguments, WorkerPipe pipe)
    {
        var settings = JsonSerializer.Deserialize(arguments[0], LlamaJson.Default.WorkerSettings)!;
        return new LlamaServer(new LlamaModel(settings), settings, pipe);
    }
}
