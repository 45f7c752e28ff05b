using System.Runtime.Versioning;
using NAudio.Wave;
using Parley.Client.Audio.Devices;

namespace Parley.Client.Wasapi;

/// <summary>The default loudspeaker. Windows converts from our format and mixes with other programs.</summary>
[SupportedOSPlatform("windows10.0")]
internal sealed class WasapiLoudspeaker(WaveFormat format) : IPullDevice, IWaveProvider
{
    private const int LatencyMilliseconds = 60;

    private readonly WasapiPlayer _player = new WasapiPlayerBuilder().WithSharedMode().WithEventSync().WithLatency(LatencyMilliseconds).Build();
    private FillAudio _fill = static buffer => buffer.Clear();

    public int RateHz => format.SampleRate;

    public WaveFormat WaveFormat => format;

    // The position is in bytes of the format that the device plays.
    public long PlayedBytes
    {
        get
        {
            var device = _player.OutputWaveFormat;
            return _player.GetPosition() / device.BlockAlign * format.SampleRate / device.SampleRate * format.BlockAlign;
        }
    }

    public void Start(FillAudio fill, Action<Exception> failed)
    {
        _fill = fill;
        _player.PlaybackStopped += (_, stopped) =>
        {
            if (stopped.Exception is { } error)
                failed(error);
        };
        _player.Init(this);
        _player.Play();
    }

    public void Restart()
    {
        _player.Stop();
        _player.Play();
    }

    public int Read(Span<byte> buffer)
    {
        _fill(buffer);
        return buffer.Length;
    }

    public ValueTask DisposeAsync() => _player.DisposeAsync();
}
