using Parley.Protocol;

namespace Parley.Client;

/// <summary>Whether speech of one direction is transcribed: <c>true</c>, <c>false</c>, or a configuration.</summary>
public readonly record struct TranscriptionOption
{
    private TranscriptionOption(AudioTranscriptionConfig? config) => Config = config;

    /// <summary>The wire form; null = off.</summary>
    public AudioTranscriptionConfig? Config { get; }

    /// <summary>On with defaults, or off.</summary>
    public static TranscriptionOption FromBoolean(bool enabled) => new(enabled ? new AudioTranscriptionConfig() : null);

    /// <summary>On with a configuration, or off if it is null.</summary>
    public static TranscriptionOption FromAudioTranscriptionConfig(AudioTranscriptionConfig? config) => new(config);

    /// <summary>Same as <see cref="FromBoolean"/>.</summary>
    public static implicit operator TranscriptionOption(bool enabled) => FromBoolean(enabled);

    /// <summary>Same as <see cref="FromAudioTranscriptionConfig"/>.</summary>
    public static implicit operator TranscriptionOption(AudioTranscriptionConfig? config) => FromAudioTranscriptionConfig(config);
}
