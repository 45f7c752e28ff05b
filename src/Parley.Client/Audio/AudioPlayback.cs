using System.Runtime.CompilerServices;
using Parley.Client.Audio;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// Plays answers, which arrive faster than they play. One queue, one loop that feeds the device in pieces of 20 ms, and the device's own
/// position: written is not played. Only <see cref="Clear"/> drops audio. Every member may be called from any thread; playing allocates
/// nothing.
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
    /// <param name="output">The device; disposed with this.</param>
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

    /// <summary>Total audio played; cleared audio does not count.</summary>
    public TimeSpan Played => _format.DurationOfBytes(_output.PlayedBytes);

    /// <summary>Audio that is still to be played: the queue and the device's own buffer.</summary>
    public TimeSpan Queued
    {
        get { lock (_lock) return _format.DurationOfBytes(Math.Max(0, End() - _output.PlayedBytes)); }
    }

    /// <summary>Whether audio is playing now.</summary>
    public bool IsAudible
    {
        get { lock (_lock) return _output.PlayedBytes < _handed || (!_paused && _queue.Count > 1); }
    }

    /// <summary>Whether playback is paused.</summary>
    public bool IsPaused
    {
        get { lock (_lock) return _paused; }
    }

    /// <summary>Current level, as exact as the device's buffer allows.</summary>
    public AudioLevel Level
    {
        get { lock (_lock) return _output.PlayedBytes < _handed ? _level : AudioLevel.Silence; }
    }

    /// <summary>Plays on the loudspeaker of this machine: <see cref="AudioDevices.OpenOutputAsync"/>.</summary>
    /// <exception cref="AudioDeviceException">No device can be opened.</exception>
    public static async Task<AudioPlayback> OpenAsync(CancellationToken cancellationToken = default) =>
        new(await AudioDevices.OpenOutputAsync(cancellationToken: cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// Queues audio; the memory may be reused when the task completes. Pieces may be cut anywhere, even within a sample. Waits if the queue
    /// is full; <see cref="Clear"/> drops waiting audio too.
    /// </summary>
    /// <param name="pcm">PCM16 little-endian mono.</param>
    /// <param name="rateHz">Its rate in Hz; another than the device's is resampled.</param>
    /// <param name="cancellationToken">Cancels the wait for room; audio that had room stays queued.</param>
    /// <exception cref="AudioDeviceException">The device failed.</exception>
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
                // Full: the loop makes room every 20 ms, and signals it.
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
    /// Stops at once and drops all audio that is still to be played: for <see cref="InterruptedUpdate"/>. What is written afterwards is
    /// played; a pause stays in effect.
    /// </summary>
    public void Clear()
    {
        CancellationTokenSource old;
        lock (_lock)
            old = _generation;
        // First cancel the current write, outside the lock: the loop may resume on this thread.
        old.Cancel();
        lock (_lock)
        {
            if (ReferenceEquals(old, _generation))
                _generation = new CancellationTokenSource();
            _queue.Clear();
            _resampler?.Reset();
            _output.Clear();
            _handed = _output.PlayedBytes;
            Settle(played: false, upTo: long.MaxValue);
        }
        _room.Set();
        _work.Set();
    }

    /// <summary>Pauses playback after the audio in the device's buffer, about 100 ms; writing continues into the queue.</summary>
    public void Pause()
    {
        lock (_lock)
            _paused = true;
    }

    /// <summary>Continues where <see cref="Pause"/> stopped; nothing is lost.</summary>
    public void Resume()
    {
        lock (_lock)
            _paused = false;
        _work.Set();
    }

    /// <summary>Waits until everything that is queued now has been played. While playback is paused, it keeps waiting.</summary>
    /// <returns>False if it was cleared before that.</returns>
    /// <exception cref="AudioDeviceException">The device failed.</exception>
    public Task<bool> DrainAsync(CancellationToken cancellationToken = default) => WhenPlayedAsync(extraBytes: 0, cancellationToken);

    /// <summary>Waits until the audio that is written next begins to play: the end of the wait for the listener.</summary>
    /// <returns>False if it was cleared before that.</returns>
    /// <exception cref="AudioDeviceException">The device failed.</exception>
    public Task<bool> NextAudibleAsync(CancellationToken cancellationToken = default) => WhenPlayedAsync(Pcm.BytesPerSample, cancellationToken);

    /// <summary>Stops and frees the device. To play the rest first, call <see cref="DrainAsync"/>.</summary>
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

    /// <summary>Appends what there is room for, and returns how many bytes that was.</summary>
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
            // An amount whose samples certainly fit both the scratch buffer and the queue.
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
                // Nothing to feed; but the device reports no progress, so poll it while a caller waits for the end of playback.
                if (isWaitedFor)
                    _tick.Change(Tick, Timeout.InfiniteTimeSpan);
                await _work.WaitAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            // The device or its driver failed: callers that write or wait get the exception.
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
            Settle(played: true, _output.PlayedBytes);
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
            // Cleared: this piece must not be played.
        }
        _room.Set();
    }

    private void Settle(bool played, long upTo)
    {
        for (var i = _marks.Count - 1; i >= 0; i--)
        {
            if (_marks[i].Position > upTo)
                continue;
            _marks[i].Source.TrySetResult(played);
            _marks.RemoveAt(i);
        }
    }

    private readonly record struct Mark(long Position, TaskCompletionSource<bool> Source);
}
