using Microsoft.Extensions.Logging;
using Parley.Speech.Synthesis;

namespace Parley.Speech.Hosting;

/// <summary>Creates synthesizers from configuration.</summary>
internal static class SynthesizerFactory
{
    public static SpeechStage<ISpeechSynthesizer> Create(SynthesizerOptions options, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        var first = CreateOne(options.Provider, options, timeProvider, loggers);
        if (string.IsNullOrEmpty(options.Fallback))
            return first;
        var second = CreateOne(options.Fallback, options, timeProvider, loggers);
        var both = new FallbackSynthesizer(first.Engine, second.Engine, options.Timeout, timeProvider, loggers.CreateLogger<FallbackSynthesizer>());
        return new(both, both.Name, $"{first.Reason} If it fails: {second.Reason}");
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
                    : throw new InvalidOperationException($"Speech:Synthesizer asks for flite, but {problem}. {InstallHint.For(SpeechProviders.Flite)}");
            case SpeechProviders.Espeak:
                return EspeakSynthesizer.TryCreate(options.Espeak, timeProvider, out var espeak, out problem)
                    ? new(espeak, espeak.Name, espeak.Reason)
                    : throw new InvalidOperationException($"Speech:Synthesizer asks for espeak, but {problem}. {InstallHint.For(SpeechProviders.Espeak)}");
            case SpeechProviders.OpenAI:
                var server = SpeechProviders.Configured("Speech:Synthesizer:OpenAI", () => new OpenAISpeechSynthesizer(options.OpenAI, timeProvider: timeProvider));
                return new(server, server.Name, $"Speaking with {options.OpenAI.Model} at {options.OpenAI.Place}, as configured.");
            case SpeechProviders.Tone:
                var tones = new ToneSynthesizer();
                return new(tones, tones.Name, "Speaking with tones, as configured.");
            default:
                throw new InvalidOperationException($"Speech:Synthesizer:Provider \"{provider}\" is unknown. Use auto, flite, espeak, openai or tone.");
        }
    }

    /// <summary>Uses the engines installed on this machine; never fails.</summary>
    internal static SpeechStage<ISpeechSynthesizer> Local(SynthesizerOptions options, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        FliteSynthesizer.TryCreate(options.Flite, timeProvider, loggers.CreateLogger<FliteSynthesizer>(), out var flite, out var noFlite);
        EspeakSynthesizer.TryCreate(options.Espeak, timeProvider, out var espeak, out var noEspeak);
        var synthesizer = new LanguageSynthesizer(flite, espeak, loggers.CreateLogger<LanguageSynthesizer>(), timeProvider);
        var reason = (flite, espeak) switch
        {
            (null, null) => $"{noFlite}, {noEspeak}: speaking with tones. {InstallHint.For(SpeechProviders.Flite)} {InstallHint.For(SpeechProviders.Espeak)}",
            (null, _) => $"{noFlite}: espeak-ng speaks English too. {espeak.Reason} {InstallHint.For(SpeechProviders.Flite)}",
            (_, null) => $"{flite.Reason} {noEspeak}: flite reads other languages as if they were English. {InstallHint.For(SpeechProviders.Espeak)}",
            _ => $"{flite.Reason} {espeak.Reason}",
        };
        return new(synthesizer, synthesizer.Name, reason);
    }
}
