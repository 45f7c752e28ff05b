using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Parley.Speech.Worker.Pipe;

namespace Parley.Speech.Synthesis.Neural;

/// <summary>
/// Answers the requests of one application with a network, one after another. An answer is the audio in parts, as PCM16, then a result: empty,
/// or why the network refused the request. Cancelling stops the network between two of its operations.
/// </summary>
internal sealed class VoiceServer(VoiceNetwork network, WorkerPipe pipe) : IEngineServer, IDisposable
{
    private const int PartSamples = 32 * 1024;

    private readonly Lock _lock = new();
    private readonly short[] _part = new short[PartSamples];
    private RunOptions? _run;
    private int _running;
    private int _cancelled = -1;

    public void Handle(PipeMessage kind, ReadOnlySpan<byte> content)
    {
        if (kind != PipeMessage.Request)
            throw new InvalidDataException($"A voice does not accept {kind} messages.");
        var request = VoiceRequest.From(content);
        using var run = new RunOptions();
        var problem = "";
        if (TryBegin(request.Number, run))
        {
            try
            {
                network.Run(request, run, Send);
            }
            catch (Exception e) when (e is OnnxRuntimeException or InvalidDataException)
            {
                problem = IsCancelled ? "" : e.Message;
            }
            finally
            {
                lock (_lock)
                    _run = null;
            }
        }
        pipe.Write(PipeMessage.Result, problem);
    }

    public void Cancel(int number)
    {
        lock (_lock)
        {
            _cancelled = number;
            if (_run is not null && _running == number)
                _run.Terminate = true;
        }
    }

    public void Dispose() => network.Dispose();

    private bool IsCancelled
    {
        get
        {
            lock (_lock)
                return _cancelled == _running;
        }
    }

    private bool TryBegin(int number, RunOptions run)
    {
        lock (_lock)
        {
            _running = number;
            // A request that is not run must not be stopped later: its options are disposed by then, and ONNX Runtime would end the process.
            _run = _cancelled == number ? null : run;
            return _run is not null;
        }
    }

    private void Send(ReadOnlySpan<float> samples)
    {
        if (samples.Length > VoiceJob.MaxSamples)
            throw new InvalidDataException($"It gave {samples.Length:#,0} samples for one clause; at most {VoiceJob.MaxSamples:#,0} are allowed.");
        while (!samples.IsEmpty && !IsCancelled)
        {
            var count = Math.Min(samples.Length, PartSamples);
            for (var i = 0; i < count; i++)
                _part[i] = float.IsNaN(samples[i]) ? (short)0 : (short)Math.Clamp(samples[i] * short.MaxValue, short.MinValue, short.MaxValue);
            pipe.Write(PipeMessage.Part, MemoryMarshal.AsBytes(_part.AsSpan(0, count)));
            samples = samples[count..];
        }
    }
}
