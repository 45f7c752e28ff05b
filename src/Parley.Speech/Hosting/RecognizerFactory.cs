using Microsoft.Extensions.Logging;

namespace Parley.Speech;

/// <summary>Makes recognizers from configuration.</summary>
internal static class RecognizerFactory
{
    private const string Packages = "Debian packages: libpocketsphinx3 pocketsphinx-en-us";

    public static SpeechStage<ISpeechRecognizer> Create(RecognizerOptions options, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        var first = CreateOne(options.Provider, options, timeProvider, loggers);
        if (string.IsNullOrEmpty(options.Fallback))
            return first;
        var second = CreateOne(options.Fallback, options, timeProvider, loggers);
        var both = new FallbackRecognizer(first.Engine, second.Engine, options.Timeout, timeProvider, loggers.CreateLogger<FallbackRecognizer>());
        return new(both, both.Name, $"{first.Reason} Where that fails: {second.Reason}");
    }

    private static SpeechStage<ISpeechRecognizer> CreateOne(string provider, RecognizerOptions options, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        switch (provider.ToLowerInvariant())
        {
            case SpeechProviders.Auto:
                return TryPocketSphinx(options, timeProvider, loggers, out var problem) ?? None($"{problem}: speech is not understood. {Packages}");
            case SpeechProviders.PocketSphinx:
                return TryPocketSphinx(options, timeProvider, loggers, out problem)
                    ?? throw new InvalidOperationException($"Speech:Recognizer asks for pocketsphinx, but {problem}. {Packages}");
            case SpeechProviders.OpenAI:
                var server = SpeechProviders.Configured("Speech:Recognizer:OpenAI", () => new OpenAISpeechRecognizer(options.OpenAI, timeProvider: timeProvider));
                return new(server, server.Name, $"Understanding with {options.OpenAI.Model} at {options.OpenAI.Place}, as configured.");
            case SpeechProviders.None:
                return None("Recognition is switched off: speech is not understood.");
            default:
                throw new InvalidOperationException($"Speech:Recognizer: there is no provider \"{provider}\". There are auto, pocketsphinx, openai, none.");
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
