using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.OnnxRuntime;
using Parley.Speech.Activity.Silero;

namespace Parley.Speech;

/// <summary>
/// Makes detectors that tell speech from other sound with the neural network Silero VAD v6, which is embedded in this library. All share
/// one network; each detector keeps 6 KB of state. Dispose the detectors before this.
/// </summary>
public sealed class SileroVoiceActivityDetectors : IVoiceActivityDetectors, IDisposable
{
    private const string Resource = "silero_vad_v6.onnx";

    private readonly InferenceSession _network;
    private readonly RunOptions _run = new();

    private SileroVoiceActivityDetectors(InferenceSession network) => _network = network;

    /// <inheritdoc/>
    public string Name => "silero";

    /// <summary>Loads the network if ONNX Runtime is available.</summary>
    /// <param name="detectors">The factory; dispose it to free the network.</param>
    /// <param name="problem">If it returns false: what is missing, in a few words.</param>
    public static bool TryCreate([NotNullWhen(true)] out SileroVoiceActivityDetectors? detectors, out string problem)
    {
        detectors = null;
        try
        {
            detectors = new SileroVoiceActivityDetectors(LoadNetwork());
            problem = "";
            return true;
        }
        catch (Exception e) when (e is OnnxRuntimeException or DllNotFoundException or EntryPointNotFoundException or TypeInitializationException or BadImageFormatException)
        {
            problem = $"ONNX Runtime is not available ({(e.InnerException ?? e).Message})";
            return false;
        }
    }

    /// <inheritdoc/>
    public IVoiceActivityDetector Create() => new SileroVoiceActivityDetector(_network, _run);

    /// <summary>Frees the network.</summary>
    public void Dispose()
    {
        _run.Dispose();
        _network.Dispose();
    }

    private static InferenceSession LoadNetwork()
    {
        using var resource = typeof(SileroVoiceActivityDetectors).Assembly.GetManifestResourceStream(Resource)!;
        var model = new byte[resource.Length];
        resource.ReadExactly(model);

        // A window takes 0.2 ms: it runs on the calling thread, and no pool thread spins while waiting for the next one.
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, EnableCpuMemArena = false };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return new InferenceSession(model, options);
    }
}
