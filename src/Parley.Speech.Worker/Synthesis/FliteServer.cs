using System.Runtime.InteropServices;
using Parley.Speech.Worker.Pipe;

namespace Parley.Speech.Worker.Synthesis;

/// <summary>Speaks the texts of one application with flite, one after another.</summary>
internal sealed class FliteServer(FliteLibrary library, WorkerPipe pipe) : IEngineServer
{
    private volatile int _cancelled = -1;

    public void Handle(PipeMessage kind, ReadOnlySpan<byte> content)
    {
        if (kind != PipeMessage.Speak)
            throw new InvalidDataException($"A synthesizer does not accept {kind} messages.");
        var request = SpeakRequest.From(content);
        library.Speak(request.Text, request.BaseVoice, request.Stretch, request.Pitch, new Sender(this, request.Number));
        pipe.Write(PipeMessage.Spoken);
    }

    public void Cancel(int number) => _cancelled = number;

    private sealed class Sender(FliteServer server, int number) : IFliteListener
    {
        public bool OnAudio(ReadOnlySpan<short> samples, int sampleRateHz)
        {
            if (server._cancelled == number)
                return false;
            try
            {
                server.Send(sampleRateHz, samples);
                return true;
            }
            catch (IOException)
            {
                return false; // The application has ended; this process follows.
            }
        }
    }

    private void Send(int sampleRateHz, ReadOnlySpan<short> samples) =>
        pipe.Write(PipeMessage.Audio, MemoryMarshal.AsBytes([sampleRateHz]), MemoryMarshal.AsBytes(samples));
}
