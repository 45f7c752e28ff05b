using Microsoft.ML.OnnxRuntime;
using Parley.Speech.Synthesis.Neural;
using Parley.Speech.Worker.Pipe;

namespace Parley.Speech.Synthesis.Kokoro;

/// <summary>
/// The network of Kokoro. Inputs: <c>input_ids</c>, the phonemes (<c>tokens</c> in older exports), <c>style</c>, 256 numbers, and <c>speed</c>,
/// a whole number in some exports.
/// </summary>
internal sealed class KokoroNetwork : VoiceNetwork
{
    private readonly string _ids;

    public KokoroNetwork(string path, int threads)
        : base(path, threads)
    {
        _ids = Inputs.ContainsKey("tokens") ? "tokens" : "input_ids";
        Need(_ids);
        Need("style");
        Need("speed");
    }

    protected override Dictionary<string, OrtValue> InputsOf(VoiceRequest request) => new()
    {
        [_ids] = OrtValue.CreateTensorValueFromMemory(request.Ids, [1, request.Ids.Length]),
        ["style"] = OrtValue.CreateTensorValueFromMemory(request.Values, [1, request.Values.Length]),
        ["speed"] = Inputs["speed"].ElementType == typeof(int)
            ? OrtValue.CreateTensorValueFromMemory<int>([Math.Max(1, (int)MathF.Round(request.Speed))], [1])
            : OrtValue.CreateTensorValueFromMemory<float>([request.Speed], [1]),
    };
}

/// <summary>Opens Kokoro in a worker. Arguments: the path of the network, and the most threads of one request.</summary>
internal sealed class KokoroEngineFactory : IEngineFactory
{
    public IEngineServer Open(string[] arguments, WorkerPipe pipe) =>
        new VoiceServer(new KokoroNetwork(arguments[0], int.Parse(arguments[1], System.Globalization.CultureInfo.InvariantCulture)), pipe);
}
