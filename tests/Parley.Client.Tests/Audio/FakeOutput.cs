using Parley.Client.Audio;

namespace Parley.Client.Tests.Audio;

/// <summary>A loudspeaker that the test drives: it takes what fits its buffer, and plays on request.</summary>
internal sealed class FakeOutput(int rateHz = 24_000, int bufferBytes = 4_800) : IAudioOutput
{
    private readonly Lock _lock = new();
    private readonly List<byte> _held = [];
    private readonly AsyncSignal _room = new();
    private long _played;

    public int RateHz { get; } = rateHz;

    /// <summary>Every piece that was taken, in order; tests wait on it.</summary>
    public EventLog<byte[]> Pieces { get; } = new();

    /// <summary>All audio played.</summary>
    public List<byte> Heard { get; } = [];

    public AudioDeviceException? Failure { get; set; }

    public bool IsDisposed { get; private set; }

    public long PlayedBytes
    {
        get { lock (_lock) return _played; }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> pcm, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static room => ((AsyncSignal)room!).Set(), _room);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lock (_lock)
            {
                if (Failure is not null)
                    throw Failure;
                if (_held.Count + pcm.Length <= bufferBytes)
                {
                    _held.AddRange(pcm.Span);
                    break;
                }
            }
            await _room.WaitAsync();
        }
        Pieces.Add(pcm.ToArray());
    }

    public void Clear()
    {
        lock (_lock)
            _held.Clear();
    }

    /// <summary>Plays that many bytes of its buffer.</summary>
    public void Play(int bytes)
    {
        lock (_lock)
        {
            Assert.True(bytes <= _held.Count, $"{bytes} bytes should be played, {_held.Count} are buffered");
            Heard.AddRange(_held[..bytes]);
            _held.RemoveRange(0, bytes);
            _played += bytes;
        }
        _room.Set();
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
