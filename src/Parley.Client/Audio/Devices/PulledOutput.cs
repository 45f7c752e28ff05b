namespace Parley.Client.Audio.Devices;

/// <summary>
/// A loudspeaker made of a device that asks for audio: a short queue, silence when it is empty, and the position of the device translated
/// into bytes of our audio.
/// </summary>
internal sealed class PulledOutput : IAudioOutput
{
    /// <summary>Long enough for a busy machine, short enough for an interruption.</summary>
    internal static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly IPullDevice _device;
    private readonly PeriodicTimer _timer;
    private readonly Lock _lock = new();
    private readonly Queue<Span> _handedOver = []; // in the device, the oldest first
    private readonly int _leadBytes;
    private byte[] _queue = new byte[16_384];
    private int _start, _count;
    private long _heard; // our bytes in pieces that the device has played completely
    private long _streamEnd; // bytes of the device's stream, silence included
    private bool _isRestarting;
    private Exception? _failure;

    internal PulledOutput(IPullDevice device, TimeProvider timeProvider)
    {
        _device = device;
        _leadBytes = (int)new PcmFormat(device.RateHz).BytesIn(Lead);
        _timer = new PeriodicTimer(Tick, timeProvider);
        device.Start(Fill, error =>
        {
            lock (_lock)
                _failure ??= error;
        });
    }

    public int RateHz => _device.RateHz;

    public long PlayedBytes
    {
        get { lock (_lock) return Played(); }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> pcm, CancellationToken cancellationToken)
    {
        while (IsFull())
            await _timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Append(pcm.Span);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _heard = Played();
            _handedOver.Clear();
            (_start, _count) = (0, 0);
            _isRestarting = true;
        }
        // Without the lock: the device may wait for its own thread, which may be in Fill.
        _device.Restart();
        lock (_lock)
        {
            _streamEnd = 0;
            _isRestarting = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _device.DisposeAsync().ConfigureAwait(false);
    }

    private void Fill(Span<byte> buffer)
    {
        lock (_lock)
        {
            var length = _isRestarting ? 0 : Math.Min(buffer.Length, _count);
            _queue.AsSpan(_start, length).CopyTo(buffer);
            buffer[length..].Clear();
            _start += length;
            _count -= length;
            if (_isRestarting)
                return;
            if (length > 0)
                _handedOver.Enqueue(new Span(_streamEnd, length));
            _streamEnd += buffer.Length;
        }
    }

    private bool IsFull()
    {
        lock (_lock)
            return _failure is null ? _count >= _leadBytes : throw new AudioDeviceException("The loudspeaker failed. " + _failure.Message, _failure);
    }

    private void Append(ReadOnlySpan<byte> pcm)
    {
        if (_start + _count + pcm.Length > _queue.Length)
        {
            var target = _count + pcm.Length > _queue.Length ? new byte[2 * (_count + pcm.Length)] : _queue;
            _queue.AsSpan(_start, _count).CopyTo(target);
            (_queue, _start) = (target, 0);
        }
        pcm.CopyTo(_queue.AsSpan(_start + _count));
        _count += pcm.Length;
    }

    private long Played()
    {
        if (_isRestarting)
            return _heard;
        var position = _device.PlayedBytes;
        while (_handedOver.TryPeek(out var span) && span.At + span.Length <= position)
        {
            _heard += span.Length;
            _handedOver.Dequeue();
        }
        var part = _handedOver.TryPeek(out var current) ? Math.Clamp(position - current.At, 0, current.Length) : 0;
        return _heard + part;
    }

    /// <summary>Our audio in the stream of the device.</summary>
    private readonly record struct Span(long At, int Length);
}
