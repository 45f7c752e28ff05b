using Microsoft.Extensions.Logging;

namespace Parley.Speech;

/// <summary>Makes recognizers from configuration.</summary>
internal static class RecognizerFactory
{
    private const string Packages = "Debian packages: libpocketsphinx3 pocketsphinx-en-us";

    public static SpeechStage<ISpeechRecognizer> Create(RecognizerOptions options, TimeProvider timeProvider, ILoggerFactory loggers) =>
        CreateOne(options.Provider, options, timeProvider, loggers);

    private static SpeechStage<ISpeechRecognizer> CreateOne(string provider, RecognizerOptions options, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        switch (provider.ToLowerInvariant())
        {
            case SpeechProviders.Auto:
                return PocketSphinxRecognizer.TryCreate(options.PocketSphinx, timeProvider, loggers.CreateLogger<PocketSphinxRecognizer>(), out var found, out var problem)
                    ? new(found, found.Name, found.Reason)
                    : None($"{problem}: speech is not understood. {Packages}");
            case SpeechProviders.PocketSphinx:
                return PocketSphinxRecognizer.TryCreate(options.PocketSphinx, timeProvider, loggers.CreateLogger<PocketSphinxRecognizer>(), out found, out problem)
                    ? new(found, found.Name, found.Reason)
                    : throw new InvalidOperationException($"Speech:Recognizer asks for pocketsphinx, but {problem}. {Packages}");
            case SpeechProviders.None:
                return None("Recognition is switched off: speech is not understood.");
            default:
                throw new InvalidOperationException($"Speech:Recognizer: there is no provider \"{provider}\". There are auto, pocketsphinx, openai, none.");
        }
    }

    private static SpeechStage<ISpeechRecognizer> None(string reason)
    {
        var absent = new AbsentRecognizer();
        return new(absent, absent.Name, reason);
    }
}
