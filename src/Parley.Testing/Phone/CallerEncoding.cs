namespace Parley.Testing;

/// <summary>How a <see cref="VirtualCaller"/> sends and expects audio.</summary>
public enum CallerEncoding
{
    /// <summary>G.711 μ-law at 8 kHz: <c>audio/x-mulaw</c> of Twilio and Plivo, <c>PCMU</c> of Telnyx.</summary>
    MuLaw,

    /// <summary>G.711 A-law at 8 kHz: <c>PCMA</c> of Telnyx. The other carriers do not offer it.</summary>
    ALaw,

    /// <summary>PCM16, little-endian, at 8 or 16 kHz: <c>L16</c> of Telnyx, <c>audio/x-l16</c> of Plivo. Twilio does not offer it.</summary>
    Linear16,
}
