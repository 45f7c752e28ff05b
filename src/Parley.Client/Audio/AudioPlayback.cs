using System.Runtime.CompilerServices;
using Parley.Client.Audio;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// Plays answers, which come faster than they can be heard. One queue, one loop that feeds the device in pieces of 20 ms, and a cursor that
/// is the device's own: what was written is not what was played. Nothing is dropped but by <see cref="Clear"/>. Every member may be called
/// from any thread; while it plays it allocates nothing.
/// </summary>
public sealed class AudioPlayback : IAsyncDisposable
{
    private const int PieceMilliseconds = 20;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(PieceMilliseconds);

    private readonly IAudioOutput _output;
    private readonly PcmFormat _format;
    private readonly PlaybackQueue _queue;
    private readonly ITimer _tick;
    private readonly AsyncSignal _work = new();
    private readonly AsyncSignal _room = new();
    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly Lock _lock = new();
    private readonly List<Mark> _marks = [];
    private readonly byte[] _piece;
    private readonly short[] _samples = new short[4_096];
    private readonly byte[] _bytes = new byte[8_192];
    private readonly Task _pump;
    private CancellationTokenSource _generation = new();
    private Resampler? _resampler;
    private long _handed;
    private AudioLevel _level = AudioLevel.Silence;
    private AudioDeviceException? _failure;
    private bool _paused;
    private bool _disposed;

    /// <summary>Plays on a device, a file or a pipe.</summary>
    /// <param name="output">Where the sound goes; disposed with this.</param>
    /// <param name="options">Default: a queue of 5 minutes.</param>
    public AudioPlayback(IAudioOutput output, AudioPlaybackOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        options ??= new AudioPlaybackOptions();
        _output = output;
        _format = new PcmFormat(output.RateHz);
        _queue = new PlaybackQueue((int)Math.Clamp(_format.BytesIn(options.MaxQueued), _format.BytesPerSecond, 1 << 30));
        _tick = options.TimeProvider.CreateTimer(_ => _work.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _piece = new byte[_format.BytesPerSecond / 1_000 * PieceMilliseconds & ~1];
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>How much has been heard since the beginning; what was cleared before it was heard does not count.</summary>
    public TimeSpan Played => _format.DurationOfBytes(_output.PlayedBytes);

    /// <summary>What is still to be heard: the queue and the device's own buffer.</summary>
    public TimeSpan Queued
    {
        get { lock (_lock) return _format.DurationOfBytes(Math.Max(0, End() - _output.PlayedBytes)); }
    }

    /// <summary>Whether something is to be heard right now.</summary>
    public bool IsAudible
    {
        get { lock (_lock) return _output.PlayedBytes < _handed || (!_paused && _queue.Count > 1); }
    }

    /// <summary>Whether it was paused.</summary>
    public bool IsPaused
    {
        get { lock (_lock) return _paused; }
    }

    /// <summary>How loud it is right now, as near as the device's buffer allows.</summary>
    public AudioLevel Level
    {
        get { lock (_lock) return _output.PlayedBytes < _handed ? _level : AudioLevel.Silence; }
    }

    /// <summary>Plays on the loudspeaker of this machine: <see cref="AudioDevices.OpenOutputAsync"/>.</summary>
    /// <exception cref="AudioDeviceException">There is none that can be opened.</exception>
    public static async Task<AudioPlayback> OpenAsync(CancellationToken cancellationToken = default) =>
        new(await AudioDevices.OpenOutputAsync(cancellationToken: cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// Queues sound; the memory is free again when the task ends. Pieces may be cut anywhere, in the middle of a sample too. Waits where the
    /// queue is full; what waits is dropped by <see cref="Clear"/> like the rest.
    /// </summary>
    /// <param name="pcm">PCM16 little-endian mono.</param>
    /// <param name="rateHz">Its rate in Hz; another than the device's is resampled.</param>
    /// <param name="cancellationToken">Ends the wait for room; what had room stays queued.</param>
    /// <exception cref="AudioDeviceException">The device is gone.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(
        ReadOnlyMemory<byte> pcm, int rateHz = AudioFormat.OutputRateHz, CancellationToken cancellationToken = default)
    {
        await _writer.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            CancellationToken generation;
            lock (_lock)
                generation = _generation.Token;
            while (true)
            {
                lock (_lock)
                {
                    ObjectDisposedException.ThrowIf(_disposed, this);
                    if (_failure is { } failure)
                        throw new AudioDeviceException(failure.Message, failure);
                    if (generation.IsCancellationRequested)
                        return;
                    pcm = pcm[Append(pcm.Span, rateHz)..];
                }
                _work.Set();
                if (pcm.IsEmpty)
                    return;
                cancellationToken.ThrowIfCancellationRequested();
                // Full: the loop makes room every 20 ms, and says so.
                await _room.WaitAsync().ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>
    /// Falls silent at once and forgets everything that was to be heard: on <see cref="InterruptedUpdate"/>. What is written afterwards is
    /// played; a pause goes on.
    /// </summary>
    public void Clear()
    {
        CancellationTokenSource old;
        lock (_lock)
            old = _generation;
        // First stop the write under way, outside of the lock: the loop may wake up on this very thread.
        old.Cancel();
        lock (_lock)
        {
            if (ReferenceEquals(old, _generation))
                _generation = new CancellationTokenSource();
            _queue.Clear();
            _resampler?.Reset();
            _output.Clear();
            _handed = _output.PlayedBytes;
            Settle(heard: false, upTo: long.MaxValue);
        }
        _room.Set();
        _work.Set();
    }

    /// <summary>Holds the sound after what the device has in its buffer, a tenth of a second; writing goes on into the queue.</summary>
    public void Pause()
    {
        lock (_lock)
            _paused = true;
    }

    /// <summary>Goes on where <see cref="Pause"/> stopped: nothing was lost.</summary>
    public void Resume()
    {
        lock (_lock)
            _paused = false;
        _work.Set();
    }

    /// <summary>Waits until everything that is queued now has been heard. A paused playback waits with it.</summary>
    /// <returns>False where it was cleared before that.</returns>
    /// <exception cref="AudioDeviceException">The device is gone.</exception>
    public Task<bool> DrainAsync(CancellationToken cancellationToken = default) => WhenPlayedAsync(extraBytes: 0, cancellationToken);

    /// <summary>Waits until the sound that is written next begins to be heard: the end of a wait as the listener knows it.</summary>
    /// <returns>False where it was cleared before that.</returns>
    /// <exception cref="AudioDeviceException">The device is gone.</exception>
    public Task<bool> NextAudibleAsync(CancellationToken cancellationToken = default) => WhenPlayedAsync(Pcm.BytesPerSample, cancellationToken);

    /// <summary>Falls silent and frees the device. To hear the end first: <see cref="DrainAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }
        Clear();
        await _pump.ConfigureAwait(false);
        await _tick.DisposeAsync().ConfigureAwait(false);
        _generation.Dispose();
        await _output.DisposeAsync().ConfigureAwait(false);
    }

    private Task<bool> WhenPlayedAsync(int extraBytes, CancellationToken cancellationToken)
    {
        Mark mark;
        lock (_lock)
        {
            if (_failure is { } failure)
                return Task.FromException<bool>(failure);
            mark = new Mark((End() & ~1L) + extraBytes, new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
            if (_disposed || _output.PlayedBytes >= mark.Position)
                return Task.FromResult(!_disposed);
            _marks.Add(mark);
        }
        _work.Set();
        return mark.Source.Task.WaitAsync(cancellationToken);
    }

    private long End() => _handed + _queue.Count;

    /// <summary>Takes what there is room for, and says how many bytes that was.</summary>
    private int Append(ReadOnlySpan<byte> pcm, int rateHz)
    {
        if (rateHz == _format.SampleRateHz)
        {
            _resampler = null;
            return _queue.Write(pcm);
        }
        if (_resampler?.InputRateHz != rateHz)
        {
            _queue.DropOddByte();
            _resampler = new Resampler(rateHz, _format.SampleRateHz);
        }
        var taken = 0;
        while (taken < pcm.Length)
        {
            // So much that its samples surely fit both the scratch and the queue.
            var fits = Math.Min(_samples.Length, _queue.Free / Pcm.BytesPerSample) - 2;
            var take = (int)Math.Min(pcm.Length - taken, fits * (long)rateHz / _format.SampleRateHz * Pcm.BytesPerSample);
            if (take <= 0)
                break;
            var made = _resampler.Process(pcm.Slice(taken, take), _samples);
            _queue.Write(_bytes.AsSpan(0, Pcm.ToBytes(_samples.AsSpan(0, made), _bytes)));
            taken += take;
        }
        return taken;
    }

    private async Task PumpAsync()
    {
        try
        {
            while (Take(out var length, out var generation, out var isWaitedFor))
            {
                if (length > 0)
                {
                    await FeedAsync(length, generation).ConfigureAwait(false);
                    continue;
                }
                // Nothing to feed; but who waits for the end of the sound must be told, and the device tells nobody.
                if (isWaitedFor)
                    _tick.Change(Tick, Timeout.InfiniteTimeSpan);
                await _work.WaitAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            // The device's own fault, or a driver's: whoever writes or waits hears of it.
            lock (_lock)
            {
                _failure = e as AudioDeviceException ?? new AudioDeviceException("The loudspeaker failed. " + e.Message, e);
                foreach (var mark in _marks)
                    mark.Source.TrySetException(_failure);
                _marks.Clear();
            }
            _room.Set();
        }
    }

    private bool Take(out int length, out CancellationToken generation, out bool isWaitedFor)
    {
        lock (_lock)
        {
            Settle(heard: true, _output.PlayedBytes);
            generation = _generation.Token;
            length = _paused || _disposed ? 0 : _queue.ReadSamples(_piece);
            if (length > 0)
            {
                _handed += length;
                _level = AudioLevel.Of(_piece.AsSpan(0, length));
            }
            isWaitedFor = _marks.Count > 0;
            return !_disposed;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FeedAsync(int length, CancellationToken generation)
    {
        try
        {
            await _output.WriteAsync(_piece.AsMemory(0, length), generation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (generation.IsCancellationRequested)
        {
            // Cleared: this piece is not to be heard.
        }
        _room.Set();
    }

    private void Settle(bool heard, long upTo)
    {
        for (var i = _marks.Count - 1; i >= 0; i--)
        {
            if (_marks[i].Position > upTo)
                continue;
            _marks[i].Source.TrySetResult(heard);
            _marks.RemoveAt(i);
        }
    }

    private readonly record struct Mark(long Position, TaskCompletionSource<bool> Source);
}
