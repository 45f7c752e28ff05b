using Microsoft.ML.OnnxRuntime;

namespace Parley.Speech.Synthesis.Neural;

/// <summary>A network that turns phonemes into audio, in ONNX Runtime. One request at a time.</summary>
internal abstract class VoiceNetwork : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string _output;

    /// <summary>Loads it.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="threads">The most threads of one request.</param>
    /// <exception cref="InvalidDataException">It has other inputs or outputs than a voice.</exception>
    /// <exception cref="OnnxRuntimeException">It is no ONNX file, or is damaged.</exception>
    protected VoiceNetwork(string path, int threads)
    {
        // Requests differ in length, so a memory plan of an earlier one does not help. Idle threads sleep: other engines need the cores.
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, EnableMemoryPattern = false };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        _session = new InferenceSession(path, options);
        try
        {
            (_output, var output) = _session.OutputMetadata.FirstOrDefault();
            if (_output is null || output.ElementType != typeof(float))
                throw new InvalidDataException("Its first output is not audio as 32-bit floating-point numbers.");
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    protected IReadOnlyDictionary<string, NodeMetadata> Inputs => _session.InputMetadata;

    /// <summary>Speaks.</summary>
    /// <param name="request">What to say.</param>
    /// <param name="run">Stops it from another thread.</param>
    /// <param name="speech">Receives the samples, 1 is full scale; they are valid during the call.</param>
    public void Run(VoiceRequest request, RunOptions run, Action<ReadOnlySpan<float>> speech)
    {
        var inputs = InputsOf(request);
        try
        {
            using var outputs = _session.Run(run, inputs, [_output]);
            speech(outputs[0].GetTensorDataAsSpan<float>());
        }
        finally
        {
            foreach (var input in inputs.Values)
                input.Dispose();
        }
    }

    public void Dispose() => _session.Dispose();

    /// <summary>The inputs for a request; the caller disposes them.</summary>
    protected abstract Dictionary<string, OrtValue> InputsOf(VoiceRequest request);

    /// <summary>Checks that there is an input of this name.</summary>
    protected void Need(string name)
    {
        if (Inputs.ContainsKey(name))
            return;
        _session.Dispose();
        throw new InvalidDataException($"It has no input \"{name}\", only {string.Join(", ", Inputs.Keys)}.");
    }
}
