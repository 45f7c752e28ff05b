using System.Threading.Channels;
using Parley.Speech.Worker.Synthesis;
using Parley.Speech.Workers;

namespace Parley.Speech.Synthesis;

/// <summary>
/// Synthesis of one piece of text: written by a worker, read by a stream. A worker never waits for a reader, because a few slow readers
/// would block all workers; the channel therefore has room for the longest possible piece.
/// </summary>
internal sealed class FliteUtterance(string text, SpeechVoice voice) : IFliteListener
{
    // 200 digits spoken slowly take a minute and a half. Two minutes are 5.8 MB.
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

    /// <summary>Stops synthesis at the next chunk, or prevents its start.</summary>
    public void Cancel() => _cancelled = true;

    /// <summary>
    /// Synthesizes the piece; on a worker thread. If the voice fails, synthesis is repeated once and continues where it was, because a
    /// voice
    /// gives the same audio for the same text. A second failure goes to the reader.
    /// </summary>
    /// <param name="voices">Provides the voice.</param>
    /// <param name="lost">Called for each failure.</param>
    public void Run(Supervisor<ISpeaker> voices, Action<Exception>? lost = null)
    {
        for (var isRetry = false; !_cancelled; isRetry = true)
        {
            try
            {
                // Warping changes speed as well; the stretch compensates.
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
            _sound ??= new EvenChunks((int)MathF.Round(sampleRateHz * _warp), VoiceGain.OfFlite(voice));
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
        {
            if (!_chunks.Writer.TryWrite(chunk))
            {
                _failure = new SpeechEngineException("One piece of text exceeded two minutes of speech and was stopped.");
                return false;
            }
        }

        return true;
    }
}
