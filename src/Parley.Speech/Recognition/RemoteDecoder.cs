using System.Runtime.InteropServices;
using System.Text;
using Parley.Speech.Worker.Pipe;
using Parley.Speech.Worker.Recognition;
using Parley.Speech.Workers;

namespace Parley.Speech.Recognition;

/// <summary>A decoder in a worker process.</summary>
internal sealed class RemoteDecoder(WorkerProcess worker) : IDecoder
{
    private string _partial = "";

    public int ProcessId => worker.ProcessId;

    public IReadOnlyList<string> Begin(IReadOnlyList<string> phrases, ReadOnlySpan<float> speaker)
    {
        _partial = "";
        worker.Write(PipeMessage.Begin, SpeakerContent.Join(speaker, Lines.Join(phrases)));
        return Lines.Split(worker.Expect(PipeMessage.Begun));
    }

    public string Accept(ReadOnlySpan<short> samples)
    {
        worker.Write(PipeMessage.Samples, MemoryMarshal.AsBytes(samples));
        if (worker.Expect(PipeMessage.Partial) is { IsEmpty: false } changed)
            _partial = Encoding.UTF8.GetString(changed);
        return _partial;
    }

    public string Peek()
    {
        worker.Write(PipeMessage.Peek);
        return Encoding.UTF8.GetString(worker.Expect(PipeMessage.Peeked));
    }

    public Decoded Finish()
    {
        worker.Write(PipeMessage.Finish);
        var text = SpeakerContent.Split(worker.Expect(PipeMessage.Final), out var speaker);
        return new Decoded(Encoding.UTF8.GetString(text), speaker);
    }

    public void Dispose() => worker.Dispose();
}
