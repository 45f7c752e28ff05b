using System.Threading.Channels;

namespace Parley.Client.Audio.Devices;

/// <summary>
/// A microphone that delivers audio by callback, as those of the systems' own interfaces do. Holds up to two seconds for a slow reader;
/// then the oldest is lost, as in a device.
/// </summary>
internal sealed class PushedInput : IAudioInput
{
    private static readonly TimeSpan MaxHeld = TimeSpan.FromSeconds(2);

    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Func<ValueTask> _disposeAsync;
    private readonly Lock _lock = new();
    private readonly long _maxHeldBytes;
    private ReadOnlyMemory<byte> _rest;
    private long _heldBytes;

    /// <param name="rateHz">Its rate in Hz; the format is PCM16 little-endian mono.</param>
    /// <param name="disposeAsync">Closes the device.</param>
    internal PushedInput(int rateHz, Func<ValueTask> disposeAsync)
    {
        RateHz = rateHz;
        _disposeAsync = disposeAsync;
        _maxHeldBytes = new PcmFormat(rateHz).BytesIn(MaxHeld);
    }

    public int RateHz { get; }

    /// <summary>Takes audio of the device; never waits.</summary>
    internal void Push(ReadOnlySpan<byte> pcm)
    {
        if (pcm.IsEmpty)
            return;
        lock (_lock)
        {
            _heldBytes += pcm.Length;
            _pieces.Writer.TryWrite(pcm.ToArray());
            while (_heldBytes > _maxHeldBytes && _pieces.Reader.TryRead(out var oldest))
                _heldBytes -= oldest.Length;
        }
    }

    /// <summary>The device has stopped; a microphone has no end, so it has failed.</summary>
    internal void Fail(Exception? error) =>
        _pieces.Writer.TryComplete(new AudioDeviceException($"The microphone failed. {error?.Message ?? "It stopped."}", error));

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_rest.IsEmpty)
        {
            lock (_lock)
            {
                if (_pieces.Reader.TryRead(out var piece))
                {
                    _heldBytes -= piece.Length;
                    _rest = piece;
                    break;
                }
            }
            try
            {
                await _pieces.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (ChannelClosedException e) when (e.InnerException is AudioDeviceException failure)
            {
                throw failure;
            }
        }
        var length = Math.Min(buffer.Length, _rest.Length);
        _rest[..length].CopyTo(buffer);
        _rest = _rest[length..];
        return length;
    }

    public async ValueTask DisposeAsync()
    {
        await _disposeAsync().ConfigureAwait(false);
        _pieces.Writer.TryComplete(new AudioDeviceException("The microphone is closed."));
    }
}
