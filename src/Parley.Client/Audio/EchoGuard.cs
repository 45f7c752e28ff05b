using System.Buffers.Binary;

namespace Parley.Client;

/// <summary>Options of an echo guard.</summary>
public sealed class EchoGuardOptions
{
    /// <summary>
    /// How long the microphone stays muted after the loudspeaker stops, until the room's echo has decayed; default 250 ms.
    /// </summary>
    public TimeSpan Tail { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Attenuation of the muted microphone in decibels; default infinity, which is silence. With about 20, a loud voice can interrupt, and
    /// a loud loudspeaker may do so too.
    /// </summary>
    public double AttenuationDb { get; set; } = double.PositiveInfinity;
}

/// <summary>
/// Half duplex: mutes the microphone while the loudspeaker plays, and a little longer. Without it, and without a headset, a model hears its
/// own speech and interrupts itself. The price: no barge-in by voice. The muted microphone sends silence, not a gap, because the server's
/// activity detection counts the time of the stream.
/// </summary>
/// <param name="playback">The loudspeaker.</param>
/// <param name="options">Default: silence, with a tail of 250 ms.</param>
/// <param name="timeProvider">The clock of the tail; default the system's.</param>
public sealed class EchoGuard(AudioPlayback playback, EchoGuardOptions? options = null, TimeProvider? timeProvider = null)
{
    private readonly EchoGuardOptions _options = options ?? new EchoGuardOptions();
    private readonly TimeProvider _timeProvider = timeProvider ?? TimeProvider.System;
    private long? _lastAudible;

    /// <summary>Whether the microphone is muted now.</summary>
    public bool IsClosed
    {
        get
        {
            if (playback.IsAudible)
                _lastAudible = _timeProvider.GetTimestamp();
            return _lastAudible is { } last && _timeProvider.GetElapsedTime(last) < _options.Tail;
        }
    }

    /// <summary>
    /// Attenuates a piece of the microphone while the guard is closed. Call it for every piece, in order; 20 ms is a good length.
    /// </summary>
    /// <param name="pcm">PCM16 little-endian, changed in place.</param>
    public void Apply(Span<byte> pcm)
    {
        if (!IsClosed)
            return;
        if (double.IsPositiveInfinity(_options.AttenuationDb))
        {
            pcm.Clear();
            return;
        }
        var factor = Math.Pow(10, -_options.AttenuationDb / 20);
        for (var at = 0; at + 1 < pcm.Length; at += 2)
        {
            var sample = BinaryPrimitives.ReadInt16LittleEndian(pcm[at..]);
            BinaryPrimitives.WriteInt16LittleEndian(pcm[at..], (short)Math.Clamp(Math.Round(sample * factor), short.MinValue, short.MaxValue));
        }
    }
}
