using Microsoft.Extensions.AI;
using Parley.Client;

namespace Parley.Extensions.AI;

/// <summary>An update that the abstraction does not define. <see cref="LiveMessageTypes"/> lists the types.</summary>
public sealed class LiveUpdateMessage : RealtimeServerMessage
{
    internal LiveUpdateMessage(RealtimeServerMessageType type, LiveUpdate update)
    {
        Type = type;
        Update = update;
        RawRepresentation = update;
    }

    /// <summary>
    /// The update; <see cref="LiveUpdate.Raw"/> is the message of the wire. Same as <see cref="RealtimeServerMessage.RawRepresentation"/>.
    /// </summary>
    public LiveUpdate Update { get; }
}

/// <summary>
/// A piece of the spoken answer (<see cref="RealtimeServerMessageType.OutputAudioDelta"/>) that also has its samples as bytes.
/// </summary>
public sealed class LiveAudioMessage : OutputTextAudioRealtimeServerMessage
{
    internal LiveAudioMessage(AudioUpdate update)
        : base(RealtimeServerMessageType.OutputAudioDelta)
    {
        Pcm = update.Pcm;
        SampleRateHz = update.RateHz;
        RawRepresentation = update;
    }

    /// <summary>PCM16 little-endian mono, whole samples; the memory is yours.</summary>
    public ReadOnlyMemory<byte> Pcm { get; }

    /// <summary>Rate in Hz; 24,000 on every known model.</summary>
    public int SampleRateHz { get; }
}
