namespace Parley.Recording;

/// <summary>How audio is stored.</summary>
public enum RecordingFormat
{
    /// <summary>Opus in Ogg: about 22 MB an hour at the default bitrate.</summary>
    Opus,

    /// <summary>WAV with 24 kHz and 16 bits: 346 MB an hour.</summary>
    Wav,
}
