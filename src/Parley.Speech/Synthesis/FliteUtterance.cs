using System.Threading.Channels;
using Parley.Speech.Worker;

namespace Parley.Speech;

/// <summary>
/// One piece of text on its way to sound: made by a worker, read by a stream. A worker never waits for a reader, else a
/// few slow readers would hold all workers; the channel therefore has room for the longest piece there can be.
/// </summary>
internal sealed class FliteUtterance(string text, SpeechVoice voice) : IFliteListener
{
    // 200 digits spoken slowly are a minute and a half. Two minutes (5.8 MB) stop what nobody would listen to.
    private const int MaxChunks = 120 * 25;

    private readonly Channel<ReadOnlyMemory<byte>> _chunks = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(MaxChunks) { SingleReader = true, SingleWriter = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly float _warp = MathF.Round(Math.Clamp(voice.Warp, 0.8f, 1.25f), 2);
    private EvenChunks? _sound;
    private long _heard;
    private long _skip;
    private Exception? _failure;
    private volatile bool _cancelled;

    public ChannelReader<ReadOnlyMemory<byte>> Chunks => _chunks.Reader;

    /// <summary>Nobody reads any more: stop at the next sound, or do not begin.</summary>
    public void Cancel() => _cancelled = true;

    /// <summary>
    /// Makes the sound; on a worker's thread. If the voice fails it is asked once more and goes on where it was: it says a text in the same
    /// time again. What fails twice goes to the reader.
    /// </summary>
    /// <param name="voices">Where the voice comes from.</param>
    /// <param name="lost">Told of each failure.</param>
    public void Run(Supervisor<ISpeaker> voices, Action<Exception>? lost = null)
    {
        for (var isRetry = false; !_cancelled; isRetry = true)
            try
            {
                // Warping plays the voice faster or slower; the stretch takes that back.
                var stretch = Math.Clamp(voice.Stretch, 0.5f, 2) * _warp;
                voices.Get().Speak(text, voice.BaseVoice, stretch, Math.Clamp(voice.PitchShift, 0.5f, 2), this);
                Finish();
                voices.Succeeded();
                break;
            }
            catch (Exception e) // The edge of the worker's loop.
            {
                voices.Failed(e);
                lost?.Invoke(e);
                (_skip, _heard) = (Math.Max(_skip, _heard), 0);
                if (!isRetry)
                    continue;
                _failure ??= e as SpeechEngineException ?? new SpeechEngineException($"Speaking failed: {e.Message}", e);
                break;
            }
        _chunks.Writer.Complete(_failure);
    }

    public bool OnAudio(ReadOnlySpan<short> samples, int sampleRateHz)
    {
        if (_cancelled)
            return false;
        try
        {
            var known = (int)Math.Clamp(_skip - _heard, 0, samples.Length);
            _heard += samples.Length;
            _sound ??= new EvenChunks((int)MathF.Round(sampleRateHz * _warp));
            _sound.Add(samples[known..]);
            return TryWriteChunks(_sound);
        }
        catch (Exception e) // An exception must not pass through native frames.
        {
            _failure = e;
            return false;
        }
    }

    private void Finish()
    {
        if (_cancelled || _failure is not null || _sound is null)
            return;
        _sound.Finish();
        TryWriteChunks(_sound);
    }

    private bool TryWriteChunks(EvenChunks sound)
    {
        while (sound.TryTake(out var chunk))
            if (!_chunks.Writer.TryWrite(chunk))
            {
                _failure = new SpeechEngineException("One piece of text would be spoken for more than two minutes; it was stopped.");
                return false;
            }
        return true;
    }
}
