using Microsoft.Extensions.Logging;

namespace Parley.Speech;

/// <summary>Makes synthesizers from configuration.</summary>
internal static class SynthesizerFactory
{
    public static SpeechStage<ISpeechSynthesizer> Create(SynthesizerOptions options, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        var (synthesizer, reason) = options.Provider.ToLowerInvariant() switch
        {
            SpeechProviders.Auto => SpeechSynthesizers.CreateDefault(),
            SpeechProviders.Flite => FliteSynthesizer.TryCreate(out var flite, out var problem)
                ? new(flite, "Speaking with flite, as configured.")
                : throw new InvalidOperationException($"Speech:Synthesizer asks for flite, but {problem}. Debian package: libflite1"),
            SpeechProviders.Tone => new(new ToneSynthesizer(), "Speaking with tones, as configured."),
            _ => throw new InvalidOperationException($"Speech:Synthesizer: there is no provider \"{options.Provider}\". There are auto, flite, tone."),
        };
        return new(synthesizer, synthesizer.Name, reason);
    }
}
