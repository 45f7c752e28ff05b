using Parley.Speech.Worker.Recognition;
using Parley.Speech.Workers;

namespace Parley.Speech.Recognition;

/// <summary>Runs one decoder on one utterance after another, on its own thread.</summary>
internal sealed class DecoderSlot(Supervisor<IDecoder> supervisor, Action<Supervisor<IDecoder>, Exception> lost, Action<IReadOnlyList<string>> refused) : IDisposable
{
    // A tenth of a second: the largest chunk for a decoder that is catching up.
    private readonly short[] _chunk = new short[1_600];

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
            switch (utterance.Take(position, _chunk, out var taken))
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
                case PooledRecognition.Taken.End:
                    var (text, speaker) = decoder.Finish();
                    utterance.Complete(text.Length == 0 ? Transcript.Empty : new Transcript(text) { Language = "en-US" }, speaker);
                    return;
                case PooledRecognition.Taken.Abandoned:
                    utterance.End();
                    return;
                default:
                    return;
            }
        }
    }
}
