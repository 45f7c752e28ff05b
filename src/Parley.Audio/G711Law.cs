namespace Parley.Audio;

/// <summary>The two companding laws of ITU-T G.711. Carriers name them PCMU and PCMA.</summary>
public enum G711Law
{
    /// <summary>μ-law (PCMU, <c>audio/x-mulaw</c>): North America and Japan, and the default of media streams.</summary>
    MuLaw,

    /// <summary>A-law (PCMA, <c>audio/x-alaw</c>): the rest of the world.</summary>
    ALaw,
}
