using Microsoft.Extensions.Logging;

namespace Parley.Speech;

/// <summary>Makes synthesizers from configuration.</summary>
internal static class SynthesizerFactory
{
    public static SpeechStage<ISpeechSynthesizer> Create(SynthesizerOptions options, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        var first = CreateOne(options.Provider, options, timeProvider, loggers);
        if (string.IsNullOrEmpty(options.Fallback))
            return first;
        var second = CreateOne(options.Fallback, options, timeProvider, loggers);
        var both = new FallbackSynthesizer(first.Engine, second.Engine, options.Timeout, timeProvider, loggers.CreateLogger<FallbackSynthesizer>());
        return new(both, both.Name, $"{first.Reason} Where that fails: {second.Reason}");
    }

    private static SpeechStage<ISpeechSynthesizer> CreateOne(string provider, SynthesizerOptions options, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        switch (provider.ToLowerInvariant())
        {
            case SpeechProviders.Auto:
                return Local(options, timeProvider, loggers);
            case SpeechProviders.Flite:
                return FliteSynthesizer.TryCreate(options.Flite, timeProvider, loggers.CreateLogger<FliteSynthesizer>(), out var flite, out var problem)
                    ? new(flite, flite.Name, flite.Reason)
                    : throw new InvalidOperationException($"Speech:Synthesizer asks for flite, but {problem}. Debian package: libflite1");
            case SpeechProviders.Espeak:
                return EspeakSynthesizer.TryCreate(options.Espeak, timeProvider, out var espeak, out problem)
                    ? new(espeak, espeak.Name, espeak.Reason)
                    : throw new InvalidOperationException($"Speech:Synthesizer asks for espeak, but {problem}. Debian package: espeak-ng");
            case SpeechProviders.OpenAI:
                var server = SpeechProviders.Configured("Speech:Synthesizer:OpenAI", () => new OpenAISpeechSynthesizer(options.OpenAI, timeProvider: timeProvider));
                return new(server, server.Name, $"Speaking with {options.OpenAI.Model} at {options.OpenAI.Place}, as configured.");
            case SpeechProviders.Tone:
                var tones = new ToneSynthesizer();
                return new(tones, tones.Name, "Speaking with tones, as configured.");
            default:
                throw new InvalidOperationException($"Speech:Synthesizer: there is no provider \"{provider}\". There are auto, flite, espeak, openai, tone.");
        }
    }

    /// <summary>What this machine has; never fails.</summary>
    internal static SpeechStage<ISpeechSynthesizer> Local(SynthesizerOptions options, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        FliteSynthesizer.TryCreate(options.Flite, timeProvider, loggers.CreateLogger<FliteSynthesizer>(), out var flite, out var noFlite);
        EspeakSynthesizer.TryCreate(options.Espeak, timeProvider, out var espeak, out var noEspeak);
        var synthesizer = new LanguageSynthesizer(flite, espeak, loggers.CreateLogger<LanguageSynthesizer>(), timeProvider);
        var reason = (flite, espeak) switch
        {
            (null, null) => $"{noFlite}, {noEspeak}: speaking with tones. Debian packages: libflite1 espeak-ng",
            (null, _) => $"{noFlite}: all is spoken by espeak-ng. {espeak.Reason} Debian package: libflite1",
            (_, null) => $"{flite.Reason} {noEspeak}: flite speaks other languages as if they were English. Debian package: espeak-ng",
            _ => $"{flite.Reason} {espeak.Reason}",
        };
        return new(synthesizer, synthesizer.Name, reason);
    }
}
