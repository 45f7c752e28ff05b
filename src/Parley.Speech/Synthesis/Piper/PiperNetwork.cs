using Microsoft.ML.OnnxRuntime;
using Parley.Speech.Synthesis.Neural;
using Parley.Speech.Worker.Pipe;

namespace Parley.Speech.Synthesis.Piper;

/// <summary>
/// The network of a Piper voice. Inputs: <c>input</c>, the phonemes, <c>input_lengths</c>, their number, <c>scales</c>, three numbers, and
/// <c>sid</c>, the speaker, if it has several.
/// </summary>
internal sealed class PiperNetwork : VoiceNetwork
{
    private readonly bool _hasSpeakers;

    public PiperNetwork(string path, int threads)
        : base(path, threads)
    {
        Need("input");
        Need("input_lengths");
        Need("scales");
        _hasSpeakers = Inputs.ContainsKey("sid");
    }

    protected override Dictionary<string, OrtValue> InputsOf(VoiceRequest request)
    {
        var inputs = new Dictionary<string, OrtValue>
        {
            ["input"] = OrtValue.CreateTensorValueFromMemory(request.Ids, [1, request.Ids.Length]),
            ["input_lengths"] = OrtValue.CreateTensorValueFromMemory(new long[] { request.Ids.Length }, [1]),
            ["scales"] = OrtValue.CreateTensorValueFromMemory(request.Values, [request.Values.Length]),
        };
        if (_hasSpeakers)
            inputs["sid"] = OrtValue.CreateTensorValueFromMemory(new long[] { Math.Max(0, request.Speaker) }, [1]);
        return inputs;
    }
}

/// <summary>Opens a Piper voice in a worker. Arguments: the path of the network, and the most threads of one request.</summary>
internal sealed class PiperEngineFactory : IEngineFactory
{
    public IEngineServer Open(string[] arguments, WorkerPipe pipe) =>
        new VoiceServer(new PiperNetwork(arguments[0], int.Parse(arguments[1], System.Globalization.CultureInfo.InvariantCulture)), pipe);
}
