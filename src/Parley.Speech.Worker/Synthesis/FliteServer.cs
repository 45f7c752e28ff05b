using System.Runtime.InteropServices;

namespace Parley.Speech.Worker;

/// <summary>Speaks the texts of one application with flite, one after another.</summary>
internal sealed class FliteServer(FliteLibrary library, FrameStream frames) : IFrameServer
{
    private volatile int _cancelled = -1;

    public void Handle(FrameKind kind, ReadOnlySpan<byte> content)
    {
        if (kind != FrameKind.Speak)
            throw new InvalidDataException($"A voice does not answer {kind}.");
        var request = SpeakRequest.From(content);
        library.Speak(request.Text, request.BaseVoice, request.Stretch, request.Pitch, new Sender(this, request.Number));
        frames.Write(FrameKind.Spoken);
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
                return false; // The application is gone, and this process with it in a moment.
            }
        }
    }

    private void Send(int sampleRateHz, ReadOnlySpan<short> samples) =>
        frames.Write(FrameKind.Audio, MemoryMarshal.AsBytes([sampleRateHz]), MemoryMarshal.AsBytes(samples));
}
