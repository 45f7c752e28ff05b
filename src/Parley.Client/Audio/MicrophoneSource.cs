using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// A microphone in the service's format: 16 kHz mono PCM16 in pieces of 20 ms, whatever rate and buffer size the device has. One reader at
/// a time; <see cref="IsMuted"/> and <see cref="Level"/> may be used from any thread. Has no queue: a slow reader makes the device wait.
/// </summary>
public sealed class MicrophoneSource : IAsyncDisposable
{
    /// <summary>Length of a piece: 20 ms.</summary>
    public static readonly TimeSpan ChunkDuration = TimeSpan.FromMilliseconds(20);

    /// <summary>Bytes of a piece: 640.</summary>
    public const int ChunkBytes = AudioFormat.InputRateHz / 50 * 2;

    private readonly IAudioInput _input;
    private readonly EchoGuard? _guard;
    private readonly Resampler _resampler;
    private readonly byte[] _raw;
    private readonly short[] _samples;
    private readonly byte[] _pending;
    private readonly Lock _lock = new();
    private int _pendingCount;
    private bool _over;
    private AudioLevel _level = AudioLevel.Silence;

    /// <summary>Reads a device, a file or a pipe.</summary>
    /// <param name="input">The device; disposed with this.</param>
    /// <param name="guard">Mutes the microphone while the loudspeaker plays; default none.</param>
    public MicrophoneSource(IAudioInput input, EchoGuard? guard = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        _input = input;
        _guard = guard;
        _resampler = new Resampler(input.RateHz, AudioFormat.InputRateHz);
        _raw = new byte[Math.Max(2, input.RateHz / 50 * 2)];
        _samples = new short[Math.Max(_resampler.MaxOutputSamples((_raw.Length / 2) + 1), _resampler.MaxFlushSamples)];
        _pending = new byte[ChunkBytes + (_samples.Length * 2)];
    }

    /// <summary>Whether silence is sent instead of the microphone; the stream continues.</summary>
    public bool IsMuted { get; set; }

    /// <summary>Level of the last piece, before muting and the echo guard.</summary>
    public AudioLevel Level
    {
        get { lock (_lock) return _level; }
    }

    /// <summary>The microphone of this machine: <see cref="AudioDevices.OpenInputAsync"/>.</summary>
    /// <param name="guard">Mutes the microphone while the loudspeaker plays; default none.</param>
    /// <param name="cancellationToken">Cancels opening.</param>
    /// <exception cref="AudioDeviceException">No device can be opened.</exception>
    public static async Task<MicrophoneSource> OpenAsync(EchoGuard? guard = null, CancellationToken cancellationToken = default) =>
        new(await AudioDevices.OpenInputAsync(cancellationToken: cancellationToken).ConfigureAwait(false), guard);

    /// <summary>Waits for the next piece. The last one is padded with silence.</summary>
    /// <param name="chunk">Receives <see cref="ChunkBytes"/> bytes.</param>
    /// <param name="cancellationToken">Cancels the wait; nothing is lost.</param>
    /// <returns>False if the source is over; nothing was written.</returns>
    /// <exception cref="AudioDeviceException">The device failed.</exception>
    public async ValueTask<bool> ReadAsync(Memory<byte> chunk, CancellationToken cancellationToken = default)
    {
        if (chunk.Length < ChunkBytes)
            throw new ArgumentException($"The buffer has {chunk.Length} bytes; at least {ChunkBytes} are needed.", nameof(chunk));
        while (_pendingCount < ChunkBytes && !_over)
        {
            var length = await _input.ReadAsync(_raw, cancellationToken).ConfigureAwait(false);
            _over = length == 0;
            var made = _over ? _resampler.Flush(_samples) : _resampler.Process(_raw.AsSpan(0, length), _samples);
            _pendingCount += Pcm.ToBytes(_samples.AsSpan(0, made), _pending.AsSpan(_pendingCount));
        }
        if (_pendingCount == 0)
            return false;
        if (_pendingCount < ChunkBytes)
        {
            _pending.AsSpan(_pendingCount, ChunkBytes - _pendingCount).Clear();
            _pendingCount = ChunkBytes;
        }
        Give(chunk.Span[..ChunkBytes]);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _input.DisposeAsync();

    private void Give(Span<byte> chunk)
    {
        _pending.AsSpan(0, ChunkBytes).CopyTo(chunk);
        _pendingCount -= ChunkBytes;
        _pending.AsSpan(ChunkBytes, _pendingCount).CopyTo(_pending);
        var level = AudioLevel.Of(chunk);
        lock (_lock)
            _level = level;
        if (IsMuted)
            chunk.Clear();
        else
            _guard?.Apply(chunk);
    }
}
