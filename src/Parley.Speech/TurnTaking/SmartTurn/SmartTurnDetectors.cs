using System.Numerics.Tensors;
using System.Threading.Channels;

namespace Parley.Speech.TurnTaking.SmartTurn;

/// <summary>
/// Makes detectors that share one network and one thread of their own, on which it runs: never on the thread that received the audio. A
/// session has at most one estimate waiting. Dispose the detectors before this.
/// </summary>
internal sealed class SmartTurnDetectors : ITurnDetectors, IDisposable
{
    private readonly SmartTurnNetwork _network;
    private readonly Channel<SmartTurnDetector> _waiting =
        Channel.CreateUnbounded<SmartTurnDetector>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Thread _thread;

    /// <summary>Loads the network.</summary>
    /// <param name="file">Path of the ONNX file.</param>
    /// <exception cref="InvalidOperationException">The file is missing, damaged or has another interface; the message says what to
    /// do.</exception>
    public SmartTurnDetectors(string file)
    {
        _network = new SmartTurnNetwork(file);
        _thread = new Thread(Run) { IsBackground = true, Name = "turn detection" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public string Name => "smart-turn";

    /// <inheritdoc/>
    public ITurnDetector Create() => new SmartTurnDetector(this);

    /// <summary>Waits for the running estimate, and frees the network.</summary>
    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        _thread.Join();
        _network.Dispose();
    }

    internal void Queue(SmartTurnDetector detector) => _waiting.Writer.TryWrite(detector);

    private void Run()
    {
        var samples = new short[LogMelSpectrogram.Samples];
        var audio = new float[LogMelSpectrogram.Samples];
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_waiting.Reader.TryRead(out var detector))
                Rate(detector, samples, audio);
        }
    }

    private void Rate(SmartTurnDetector detector, short[] samples, float[] audio)
    {
        var count = detector.Take(samples, out var pause);
        if (count == 0)
            return;
        try
        {
            TensorPrimitives.ConvertTruncating<short, float>(samples.AsSpan(0, count), audio);
            TensorPrimitives.Multiply<float>(audio.AsSpan(0, count), 1 / 32_768f, audio);
            detector.Rated(pause, _network.Rate(audio.AsSpan(0, count)), null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A thread without a caller: the session learns of it when it asks.
            detector.Rated(pause, float.NaN, e);
        }
    }
}
