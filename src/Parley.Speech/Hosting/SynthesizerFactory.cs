using Microsoft.Extensions.Logging;
using Parley.Speech.Synthesis;
using Parley.Speech.Synthesis.Neural;

namespace Parley.Speech.Hosting;

/// <summary>Creates synthesizers from configuration.</summary>
internal sealed class SynthesizerFactory(SynthesizerOptions options, ModelStore models, TimeProvider timeProvider, ILoggerFactory loggers)
{
    public SpeechStage<ISpeechSynthesizer> Create()
    {
        var first = CreateOne(options.Provider);
        if (string.IsNullOrEmpty(options.Fallback))
            return first;
        var second = CreateOne(options.Fallback);
        var both = new FallbackSynthesizer(first.Engine, second.Engine, options.Timeout, timeProvider, loggers.CreateLogger<FallbackSynthesizer>());
        return new(both, both.Name, $"{first.Reason} If it fails: {second.Reason}");
    }

    private SpeechStage<ISpeechSynthesizer> CreateOne(string provider)
    {
        switch (provider.ToLowerInvariant())
        {
            case SpeechProviders.Auto:
                return Local(new InstalledVoices(options, models, timeProvider, loggers).Find());
            case SpeechProviders.Flite:
                return FliteSynthesizer.TryCreate(options.Flite, timeProvider, loggers.CreateLogger<FliteSynthesizer>(), out var flite, out var problem)
                    ? new(flite, flite.Name, flite.Reason)
                    : throw new InvalidOperationException($"Speech:Synthesizer asks for flite, but {problem}. {InstallHint.For(SpeechProviders.Flite)}");
            case SpeechProviders.Espeak:
                return EspeakSynthesizer.TryCreate(options.Espeak, timeProvider, out var espeak, out problem)
                    ? new(espeak, espeak.Name, espeak.Reason)
                    : throw new InvalidOperationException($"Speech:Synthesizer asks for espeak, but {problem}. {InstallHint.For(SpeechProviders.Espeak)}");
            case SpeechProviders.Piper:
                var piper = SpeechProviders.Configured("Speech:Synthesizer:Piper", () => InstalledVoices.Piper(options.Piper, options, models, timeProvider, loggers));
                return Named(piper, piper.Reason);
            case SpeechProviders.Kokoro:
                var kokoro = SpeechProviders.Configured("Speech:Synthesizer:Kokoro", () => InstalledVoices.Kokoro(options.Kokoro, options, models, timeProvider, loggers));
                return Named(kokoro, kokoro.Reason);
            case SpeechProviders.OpenAI:
                var server = SpeechProviders.Configured("Speech:Synthesizer:OpenAI", () => new OpenAISpeechSynthesizer(options.OpenAI, timeProvider: timeProvider));
                return new(server, server.Name, $"Speaking with {options.OpenAI.Model} at {options.OpenAI.Place}, as configured.");
            case SpeechProviders.Tone:
                var tones = new ToneSynthesizer();
                return new(tones, tones.Name, "Speaking with tones, as configured.");
            default:
                throw new InvalidOperationException($"Speech:Synthesizer:Provider \"{provider}\" is unknown. Use auto, piper, kokoro, flite, espeak, openai or tone.");
        }
    }

    /// <summary>Its languages with the configured voice, others with what is installed.</summary>
    private SpeechStage<ISpeechSynthesizer> Named(ILanguageVoice voice, string reason)
    {
        var all = Local([voice, .. new InstalledVoices(options, models, timeProvider, loggers).Find(voice)]);
        return new(all.Engine, voice.Name, $"{reason} Other languages, and if it fails: {all.Reason}");
    }

    /// <summary>Uses the engines installed on this machine; never fails.</summary>
    private SpeechStage<ISpeechSynthesizer> Local(IReadOnlyList<ILanguageVoice> voices)
    {
        FliteSynthesizer.TryCreate(options.Flite, timeProvider, loggers.CreateLogger<FliteSynthesizer>(), out var flite, out var noFlite);
        EspeakSynthesizer.TryCreate(options.Espeak, timeProvider, out var espeak, out var noEspeak);
        var synthesizer = new LanguageSynthesizer(flite, espeak, loggers.CreateLogger<LanguageSynthesizer>(), timeProvider, voices);
        var reason = (flite, espeak) switch
        {
            (null, null) => $"{noFlite}, {noEspeak}: speaking with tones. {InstallHint.For(SpeechProviders.Flite)} {InstallHint.For(SpeechProviders.Espeak)}",
            (null, _) => $"{noFlite}: espeak-ng speaks English too. {espeak.Reason} {InstallHint.For(SpeechProviders.Flite)}",
            (_, null) => $"{flite.Reason} {noEspeak}: flite reads other languages as if they were English. {InstallHint.For(SpeechProviders.Espeak)}",
            _ => $"{flite.Reason} {espeak.Reason}",
        };
        return new(synthesizer, synthesizer.Name, string.Join(' ', [.. voices.OfType<InstalledVoice>().Select(static voice => voice.Reason), reason]));
    }
}
