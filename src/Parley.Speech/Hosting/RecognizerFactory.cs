using Microsoft.Extensions.Logging;
using Parley.Speech.Recognition;

namespace Parley.Speech.Hosting;

/// <summary>Creates recognizers from configuration.</summary>
internal static class RecognizerFactory
{
    public static SpeechStage<ISpeechRecognizer> Create(RecognizerOptions options, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        var first = CreateOne(options.Provider, options, timeProvider, loggers);
        if (string.IsNullOrEmpty(options.Fallback))
            return first;
        var second = CreateOne(options.Fallback, options, timeProvider, loggers);
        var both = new FallbackRecognizer(first.Engine, second.Engine, options.Timeout, timeProvider, loggers.CreateLogger<FallbackRecognizer>());
        return new(both, both.Name, $"{first.Reason} If it fails: {second.Reason}");
    }

    private static SpeechStage<ISpeechRecognizer> CreateOne(string provider, RecognizerOptions options, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        switch (provider.ToLowerInvariant())
        {
            case SpeechProviders.Auto:
                return TryPocketSphinx(options, timeProvider, loggers, out var problem) ?? None($"{problem}: speech is not recognized. {InstallHint.For(SpeechProviders.PocketSphinx)}");
            case SpeechProviders.PocketSphinx:
                return TryPocketSphinx(options, timeProvider, loggers, out problem)
                    ?? throw new InvalidOperationException($"Speech:Recognizer asks for pocketsphinx, but {problem}. {InstallHint.For(SpeechProviders.PocketSphinx)}");
            case SpeechProviders.OpenAI:
                var server = SpeechProviders.Configured("Speech:Recognizer:OpenAI", () => new OpenAISpeechRecognizer(options.OpenAI, timeProvider: timeProvider));
                return new(server, server.Name, $"Recognizing speech with {options.OpenAI.Model} at {options.OpenAI.Place}, as configured.");
            case SpeechProviders.None:
                return None("Speech recognition is off, as configured.");
            default:
                throw new InvalidOperationException($"Speech:Recognizer:Provider \"{provider}\" is unknown. Use auto, pocketsphinx, openai or none.");
        }
    }

    private static SpeechStage<ISpeechRecognizer>? TryPocketSphinx(RecognizerOptions options, TimeProvider timeProvider, ILoggerFactory loggers, out string problem) =>
        PocketSphinxRecognizer.TryCreate(options.PocketSphinx, timeProvider, loggers.CreateLogger<PocketSphinxRecognizer>(), out var found, out problem)
            ? new(found, found.Name, found.Reason)
            : null;

    private static SpeechStage<ISpeechRecognizer> None(string reason)
    {
        var absent = new AbsentRecognizer();
        return new(absent, absent.Name, reason);
    }
}
