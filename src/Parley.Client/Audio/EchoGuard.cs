using System.Buffers.Binary;

namespace Parley.Client;

/// <summary>How an echo guard guards.</summary>
public sealed class EchoGuardOptions
{
    /// <summary>How long the microphone stays closed behind the last sound of the loudspeaker, for the room to fall silent; default 250 ms.</summary>
    public TimeSpan Tail { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How much quieter the microphone is meanwhile, in decibels; default infinity, which is silence. 20 or so lets a loud voice interrupt
    /// and may let a loud loudspeaker do so too.
    /// </summary>
    public double AttenuationDb { get; set; } = double.PositiveInfinity;
}

/// <summary>
/// Half duplex: while the loudspeaker is to be heard, and a little longer, the microphone is not. Without it, and without a headset, a model
/// hears itself and interrupts itself. The price: the user cannot interrupt by voice. What is closed is silence, not a gap: the time of the
/// stream goes on, by which the server detects speech.
/// </summary>
/// <param name="playback">The loudspeaker.</param>
/// <param name="options">Default: silence, and 250 ms more.</param>
/// <param name="timeProvider">The clock of the tail; default the system's.</param>
public sealed class EchoGuard(AudioPlayback playback, EchoGuardOptions? options = null, TimeProvider? timeProvider = null)
{
    private readonly EchoGuardOptions _options = options ?? new EchoGuardOptions();
    private readonly TimeProvider _timeProvider = timeProvider ?? TimeProvider.System;
    private long? _lastAudible;

    /// <summary>Whether the microphone is closed at this moment.</summary>
    public bool IsClosed
    {
        get
        {
            if (playback.IsAudible)
                _lastAudible = _timeProvider.GetTimestamp();
            return _lastAudible is { } last && _timeProvider.GetElapsedTime(last) < _options.Tail;
        }
    }

    /// <summary>Makes a piece of the microphone quiet where the guard is closed. To be called for every piece, in order; 20 ms is right.</summary>
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
