using Parley.Client.Audio;

namespace Parley.Client;

/// <summary>
/// Audio from a stream, delivered in real time. A late reader catches up: nothing is left out. After the end of the stream it delivers
/// silence, like an open microphone, or ends.
/// </summary>
public sealed class RecordedAudioInput : IAudioInput
{
    private const int PieceMilliseconds = 20;

    private readonly Stream _pcm;
    private readonly PcmSource _source;
    private readonly bool _thenSilence;
    private readonly TimeProvider _timeProvider;
    private readonly PeriodicTimer _timer;
    private readonly PcmFormat _format;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _started = -1;
    private long _given;
    private bool _over;

    /// <summary>Reads a stream.</summary>
    /// <param name="pcm">
    /// Raw PCM16 little-endian mono, or a WAV file, which is mixed to mono and resampled; disposed with this. A slow pipe is waited for.
    /// </param>
    /// <param name="rateHz">Rate of raw PCM16 in Hz, and of what is delivered.</param>
    /// <param name="thenSilence">True: silence follows the end without limit, so that the server detects the end of speech.</param>
    /// <param name="timeProvider">The clock; default the system's.</param>
    public RecordedAudioInput(Stream pcm, int rateHz, bool thenSilence = false, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(pcm);
        ArgumentOutOfRangeException.ThrowIfLessThan(rateHz, Resampler.MinSampleRateHz);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rateHz, Resampler.MaxSampleRateHz);
        _pcm = pcm;
        _source = new PcmSource(pcm, rateHz);
        _thenSilence = thenSilence;
        _timeProvider = timeProvider ?? TimeProvider.System;
        _format = new PcmFormat(rateHz);
        _timer = new PeriodicTimer(TimeSpan.FromMilliseconds(PieceMilliseconds / 2), _timeProvider);
    }

    /// <inheritdoc/>
    public int RateHz => _format.SampleRateHz;

    /// <summary>Completes when the last audio of the stream has been delivered; silence follows.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Reads a WAV file of any encoding that <see cref="WavFile"/> takes, any rate, several channels mixed to one.</summary>
    /// <exception cref="FormatException">It is not a WAV file, or of another encoding.</exception>
    public static RecordedAudioInput FromWavFile(string path, bool thenSilence = false, TimeProvider? timeProvider = null) =>
        From(WavFile.Load(path), thenSilence, timeProvider);

    /// <summary>Reads a recording in memory.</summary>
    public static RecordedAudioInput From(WavFile wav, bool thenSilence = false, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(wav);
        return new RecordedAudioInput(new MemoryStream(Pcm.ToBytes(wav.Samples.Span)), wav.SampleRateHz, thenSilence, timeProvider);
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var piece = buffer[..Math.Min(buffer.Length, _format.BytesPerSecond / 1_000 * PieceMilliseconds)];
        if (_started < 0)
            _started = _timeProvider.GetTimestamp();
        while (_format.DurationOfBytes(_given) > _timeProvider.GetElapsedTime(_started))
            await _timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        var length = _over ? 0 : await _source.ReadAsync(piece, cancellationToken).ConfigureAwait(false);
        if (length == 0)
        {
            _over = true;
            _ended.TrySetResult();
            if (!_thenSilence)
                return 0;
            piece.Span.Clear();
            length = piece.Length;
        }
        _given += length;
        return length;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _timer.Dispose();
        _ended.TrySetResult();
        return _pcm.DisposeAsync();
    }
}
