using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Parley.Speech.TurnTaking.SmartTurn;

/// <summary>
/// A network with the interface of Smart Turn v3 (<see href="https://github.com/pipecat-ai/smart-turn"/>): one input of [batch, 80, 800]
/// log-mel features of the last eight seconds, one output, the probability that the turn is over. Used from one thread.
/// </summary>
internal sealed class SmartTurnNetwork : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly LogMelSpectrogram _spectrogram = new();
    private readonly float[] _features = GC.AllocateArray<float>(MelFilters.Count * LogMelSpectrogram.Frames, pinned: true);
    private readonly OrtValue _input;
    private readonly string _inputName;
    private readonly string _outputName;

    /// <summary>Loads a network.</summary>
    /// <param name="file">Path of the ONNX file.</param>
    /// <exception cref="InvalidOperationException">The file cannot be read, is no ONNX file, or has another interface.</exception>
    public SmartTurnNetwork(string file)
    {
        try
        {
            using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            _session = new InferenceSession(file, options);
        }
        catch (Exception e) when (e is OnnxRuntimeException or DllNotFoundException or EntryPointNotFoundException
            or TypeInitializationException or BadImageFormatException)
        {
            throw new InvalidOperationException($"The turn detection model {file} could not be loaded: {(e.InnerException ?? e).Message}", e);
        }
        var (input, output) = (_session.InputMetadata.ToArray(), _session.OutputMetadata.ToArray());
        if (input is not [{ Value: { ElementDataType: TensorElementType.Float } shape }]
            || shape.Dimensions is not [-1 or 1, -1 or MelFilters.Count, -1 or LogMelSpectrogram.Frames]
            || output is not [{ Value.ElementDataType: TensorElementType.Float }])
        {
            _session.Dispose();
            throw new InvalidOperationException(
                $"{file} is not a model like Smart Turn v3: it must have one float input of [batch, 80, 800] and one float output. "
                + "Install one: parley models available.");
        }
        (_inputName, _outputName) = (input[0].Key, output[0].Key);
        _input = OrtValue.CreateTensorValueFromMemory(_features, [1, MelFilters.Count, LogMelSpectrogram.Frames]);
    }

    /// <summary>The probability that a turn is over that ends with this audio.</summary>
    /// <param name="audio">At most eight seconds at 16 kHz, from -1 to 1.</param>
    public float Rate(ReadOnlySpan<float> audio)
    {
        _spectrogram.Compute(audio, normalize: true, _features);
        using var results = _session.Run(_run, [_inputName], [_input], [_outputName]);
        var values = results[0].GetTensorDataAsSpan<float>();
        return values.Length == 1
            ? values[0]
            : throw new SpeechEngineException($"The turn detection model returned {values.Length} values instead of one.");
    }

    public void Dispose()
    {
        _input.Dispose();
        _run.Dispose();
        _session.Dispose();
    }
}
