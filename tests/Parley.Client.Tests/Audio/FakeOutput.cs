using Parley.Client.Audio;
using Parley.TestKit;

namespace Parley.Client.Tests.Audio;

/// <summary>A loudspeaker by hand: it takes what fits its buffer and plays when it is told to.</summary>
internal sealed class FakeOutput(int rateHz = 24_000, int bufferBytes = 4_800) : IAudioOutput
{
    private readonly Lock _lock = new();
    private readonly List<byte> _held = [];
    private readonly AsyncSignal _room = new();
    private long _played;

    public int RateHz { get; } = rateHz;

    /// <summary>Every piece that was taken, in order, for tests to wait on.</summary>
    public FrameLog<byte[]> Pieces { get; } = new();

    /// <summary>What has become sound.</summary>
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

    /// <summary>Plays so many bytes of what it holds.</summary>
    public void Play(int bytes)
    {
        lock (_lock)
        {
            Assert.True(bytes <= _held.Count, $"{bytes} bytes were to be played, {_held.Count} are held");
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
