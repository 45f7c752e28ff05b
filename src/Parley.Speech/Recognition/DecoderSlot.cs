using Parley.Speech.Worker.Recognition;
using Parley.Speech.Workers;

namespace Parley.Speech.Recognition;

/// <summary>Runs one decoder on one utterance after another, on its own thread.</summary>
internal sealed class DecoderSlot(
    Supervisor<IDecoder> supervisor, DecodingOrder order, Action<Supervisor<IDecoder>, Exception> lost, Action<IReadOnlyList<string>> refused) : IDisposable
{
    // The largest chunk for a decoder that is catching up, 60 ms: a more urgent one waits no longer than it takes to decode.
    private readonly short[] _chunk = new short[960];

    private readonly DecodingOrder.Place _place = new();

    /// <summary>Decodes an utterance to its end. If the decoder fails, decodes it once more from the start with a new one.</summary>
    public void Run(PooledRecognition utterance)
    {
        for (var isRetry = false; ; isRetry = true)
        {
            try
            {
                Decode(supervisor.Get(), utterance);
                supervisor.Succeeded();
                return;
            }
            catch (ObjectDisposedException e)
            {
                utterance.Fail(e);
                return;
            }
            catch (Exception e) // The edge of the loop: after any exception the next utterance gets a new decoder.
            {
                lost(supervisor, e);
                if (!isRetry)
                    continue;
                utterance.Fail(e as SpeechEngineException ?? new SpeechEngineException($"Recognition failed: {e.Message}", e));
                return;
            }
        }
    }

    public void Dispose() => supervisor.Dispose();

    private void Decode(IDecoder decoder, PooledRecognition utterance)
    {
        var position = 0;
        while (true)
        {
            var what = utterance.Take(position, _chunk, out var taken);
            if (what == PooledRecognition.Taken.Parked)
                return;
            if (what == PooledRecognition.Taken.Abandoned)
            {
                utterance.End();
                return;
            }
            order.Enter(_place, utterance);
            try
            {
                switch (what)
                {
                    case PooledRecognition.Taken.Audio:
                        if (position == 0 && decoder.Begin(utterance.Phrases, utterance.Speaker) is { Count: > 0 } problems)
                            refused(problems);
                        var partial = decoder.Accept(_chunk.AsSpan(0, taken));
                        position += taken;
                        utterance.Report(partial, position);
                        break;
                    case PooledRecognition.Taken.Peek:
                        utterance.Peeked(position == 0 ? "" : decoder.Peek());
                        break;
                    default:
                        var (text, speaker) = decoder.Finish();
                        utterance.Complete(text.Length == 0 ? Transcript.Empty : new Transcript(text) { Language = "en-US" }, speaker);
                        return;
                }
            }
            finally
            {
                order.Leave();
            }
        }
    }
}
