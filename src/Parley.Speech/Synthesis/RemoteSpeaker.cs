using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Parley.Speech.Worker.Pipe;
using Parley.Speech.Worker.Synthesis;
using Parley.Speech.Workers;

namespace Parley.Speech.Synthesis;

/// <summary>A synthesizer in a worker process.</summary>
internal sealed class RemoteSpeaker(WorkerProcess worker) : ISpeaker
{
    private int _number;

    public int ProcessId => worker.ProcessId;

    public void Speak(string text, string baseVoice, float stretch, float pitch, IFliteListener listener)
    {
        var request = new SpeakRequest(++_number, text, baseVoice, stretch, pitch);
        worker.Write(PipeMessage.Speak, request.ToBytes());
        var isHeard = true;
        while (worker.Read(out var content) == PipeMessage.Audio)
        {
            if (!isHeard)
                continue; // Sent before the worker saw the cancellation.
            var rate = BinaryPrimitives.ReadInt32LittleEndian(content);
            isHeard = listener.OnAudio(MemoryMarshal.Cast<byte, short>(content[sizeof(int)..]), rate);
            if (!isHeard)
                worker.Write(PipeMessage.Cancel, BitConverter.GetBytes(request.Number));
        }
    }

    public void Dispose() => worker.Dispose();
}
