using System.Threading.Channels;
using Parley.Speech.Worker;

namespace Parley.Speech;

/// <summary>
/// One piece of text on its way to sound: made by a worker, read by a stream. A worker never waits for a reader, else a
/// few slow readers would hold all workers; the channel therefore has room for the longest piece there can be.
/// </summary>
internal sealed class FliteUtterance(FliteLibrary library, string text, SpeechVoice voice) : IFliteListener
{
    private const int OutputRateHz = 24_000;
    private const int ChunkSamples = OutputRateHz / 25;

    // 200 digits spoken slowly are a minute and a half. Two minutes (5.8 MB) stop what nobody would listen to.
    private const int MaxChunks = 120 * 25;

    private readonly Channel<ReadOnlyMemory<byte>> _chunks = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(MaxChunks) { SingleReader = true, SingleWriter = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly short[] _chunk = new short[ChunkSamples];
    private readonly float _warp = MathF.Round(Math.Clamp(voice.Warp, 0.8f, 1.25f), 2);
    private Resampler? _resampler;
    private short[] _resampled = [];
    private int _filled;
    private Exception? _failure;
    private volatile bool _cancelled;

    public ChannelReader<ReadOnlyMemory<byte>> Chunks => _chunks.Reader;

    /// <summary>Nobody reads any more: stop at the next sound, or do not begin.</summary>
    public void Cancel() => _cancelled = true;

    /// <summary>Makes the sound; on a worker. Failures go to the reader.</summary>
    public void Run()
    {
        try
        {
            if (!_cancelled)
            {
                // Warping plays the voice faster or slower; the stretch takes that back.
                var stretch = Math.Clamp(voice.Stretch, 0.5f, 2) * _warp;
                library.Speak(text, voice.BaseVoice, stretch, Math.Clamp(voice.PitchShift, 0.5f, 2), this);
                Finish();
            }
        }
        catch (Exception e) // The edge of the worker's loop: the reader gets it.
        {
            _failure = e;
        }
        _chunks.Writer.Complete(_failure);
    }

    public bool OnAudio(ReadOnlySpan<short> samples, int sampleRateHz)
    {
        if (_cancelled)
            return false;
        try
        {
            if (_resampler is null)
            {
                _resampler = new Resampler((int)MathF.Round(sampleRateHz * _warp), OutputRateHz);
                _resampled = new short[Math.Max(_resampler.MaxOutputSamples(samples.Length), _resampler.MaxFlushSamples)];
            }
            if (_resampled.Length < _resampler.MaxOutputSamples(samples.Length))
                _resampled = new short[_resampler.MaxOutputSamples(samples.Length)];
            return Emit(_resampled.AsSpan(0, _resampler.Process(samples, _resampled)));
        }
        catch (Exception e) // An exception must not pass through native frames.
        {
            _failure = e;
            return false;
        }
    }

    private void Finish()
    {
        if (_cancelled || _failure is not null || _resampler is null)
            return;
        if (!Emit(_resampled.AsSpan(0, _resampler.Flush(_resampled))) || _filled == 0)
            return;

        // The last chunk is as long as the others: a piece ends in silence anyway.
        _chunk.AsSpan(_filled).Clear();
        _filled = 0;
        TryWriteChunk();
    }

    private bool Emit(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            var take = Math.Min(samples.Length, ChunkSamples - _filled);
            samples[..take].CopyTo(_chunk.AsSpan(_filled));
            samples = samples[take..];
            _filled += take;
            if (_filled < ChunkSamples)
                break;
            _filled = 0;
            if (!TryWriteChunk())
                return false;
        }
        return true;
    }

    private bool TryWriteChunk()
    {
        if (_chunks.Writer.TryWrite(Pcm.ToBytes(_chunk)))
            return true;
        _failure = new InvalidOperationException("One piece of text would be spoken for more than two minutes; it was stopped.");
        return false;
    }
}
