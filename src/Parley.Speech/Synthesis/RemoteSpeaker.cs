using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Parley.Speech.Worker;

namespace Parley.Speech;

/// <summary>A voice in a worker process.</summary>
internal sealed class RemoteSpeaker(WorkerProcess worker) : ISpeaker
{
    private int _number;

    public int ProcessId => worker.ProcessId;

    public void Speak(string text, string baseVoice, float stretch, float pitch, IFliteListener listener)
    {
        var request = new SpeakRequest(++_number, text, baseVoice, stretch, pitch);
        worker.Write(FrameKind.Speak, request.ToBytes());
        var isHeard = true;
        while (worker.Read(out var content) == FrameKind.Audio)
        {
            if (!isHeard)
                continue; // Was on its way when the listener had enough.
            var rate = BinaryPrimitives.ReadInt32LittleEndian(content);
            isHeard = listener.OnAudio(MemoryMarshal.Cast<byte, short>(content[sizeof(int)..]), rate);
            if (!isHeard)
                worker.Write(FrameKind.Cancel, BitConverter.GetBytes(request.Number));
        }
    }

    public void Dispose() => worker.Dispose();
}
