using System.Runtime.CompilerServices;

namespace Parley.Speech.Synthesis.Neural;

/// <summary>A request, and whether a sentence ends with it.</summary>
internal readonly record struct VoiceUnit(VoiceRequest Request, bool EndsSentence);

/// <summary>Streams the audio of requests: at most one is made ahead of the one that is read.</summary>
internal static class VoiceStream
{
    // As Piper's own program does. Voices end a sentence with less silence than people.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Speaks.</summary>
    /// <param name="units">The requests, made while earlier ones are spoken.</param>
    /// <param name="engine">Answers them.</param>
    /// <param name="rateHz">The sample rate of its audio.</param>
    /// <param name="level">Brings the audio to the common loudness.</param>
    /// <param name="cancellationToken">Ends the stream at once.</param>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(
        IAsyncEnumerable<VoiceUnit> units, VoiceEngine engine, int rateHz, VoiceLevel level, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chunks = new EvenChunks(rateHz);
        var slice = rateHz / 10;
        var source = units.GetAsyncEnumerator(cancellationToken);
        await using var owned = source.ConfigureAwait(false);
        (VoiceJob Job, bool EndsSentence)? current = null, next = null;
        try
        {
            next = await NextAsync().ConfigureAwait(false);
            while (next is not null)
            {
                (current, next) = (next, null);
                next = await NextAsync().ConfigureAwait(false);
                var samples = await current.Value.Job.Audio.WaitAsync(cancellationToken).ConfigureAwait(false);
                level.Apply(samples);
                for (var at = 0; at < samples.Length; at += slice)
                {
                    chunks.Add(samples.AsSpan(at, Math.Min(slice, samples.Length - at)));
                    while (chunks.TryTake(out var chunk))
                        yield return chunk;
                }
                if (next is not null && current.Value.EndsSentence)
                    chunks.Add(new short[(int)(Pause.TotalSeconds * rateHz)]);
            }
            chunks.Finish();
            while (chunks.TryTake(out var last))
                yield return last;
        }
        finally
        {
            foreach (var job in (VoiceJob?[])[current?.Job, next?.Job])
            {
                if (job is { Audio.IsCompleted: false })
                    engine.Cancel(job);
            }
        }

        async ValueTask<(VoiceJob, bool)?> NextAsync() =>
            await source.MoveNextAsync().ConfigureAwait(false) ? (engine.Enqueue(source.Current.Request), source.Current.EndsSentence) : null;
    }
}
