using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.OnnxRuntime;

namespace Parley.Speech;

/// <summary>
/// Makes detectors that tell speech from other sound with the neural network Silero VAD v6, which is part of this library. All share one
/// network; what a stream was like is kept per detector (6 KB). Disposing ends the network: dispose the detectors before.
/// </summary>
public sealed class SileroVoiceActivityDetectors : IVoiceActivityDetectors, IDisposable
{
    private const string Resource = "silero_vad_v6.onnx";

    private readonly InferenceSession _network;
    private readonly RunOptions _run = new();

    private SileroVoiceActivityDetectors(InferenceSession network) => _network = network;

    /// <inheritdoc/>
    public string Name => "silero";

    /// <summary>Makes the network if ONNX Runtime runs here.</summary>
    /// <param name="detectors">What makes detectors; dispose it to free the network.</param>
    /// <param name="problem">Otherwise, in a few words, what is missing.</param>
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
            problem = $"ONNX Runtime does not run here ({(e.InnerException ?? e).Message})";
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

        // A window is 0.2 ms of work: it is done on the thread that asks, and no thread spins in wait for the next one.
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, EnableCpuMemArena = false };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return new InferenceSession(model, options);
    }
}
