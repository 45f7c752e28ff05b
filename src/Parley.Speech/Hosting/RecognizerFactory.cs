using Microsoft.Extensions.Logging;
using Parley.Speech.Recognition;

namespace Parley.Speech.Hosting;

/// <summary>Creates recognizers from configuration: the built-in ones, and those that other packages bring, the best first.</summary>
internal sealed class RecognizerFactory(RecognizerOptions options, IReadOnlyList<IRecognizerProvider> others, TimeProvider timeProvider, ILoggerFactory loggers)
{
    public SpeechStage<ISpeechRecognizer> Create()
    {
        var first = CreateOne(options.Provider);
        if (string.IsNullOrEmpty(options.Fallback))
            return first;
        var second = CreateOne(options.Fallback);
        var both = new FallbackRecognizer(first.Engine, second.Engine, options.Timeout, timeProvider, loggers.CreateLogger<FallbackRecognizer>());
        return new(both, both.Name, $"{first.Reason} If it fails: {second.Reason}");
    }

    private SpeechStage<ISpeechRecognizer> CreateOne(string provider)
    {
        switch (provider.ToLowerInvariant())
        {
            case SpeechProviders.Auto:
                return BestInstalled();
            case SpeechProviders.PocketSphinx:
                return TryPocketSphinx(out var problem)
                    ?? throw new InvalidOperationException($"Speech:Recognizer asks for pocketsphinx, but {problem}. {InstallHint.For(SpeechProviders.PocketSphinx)}");
            case SpeechProviders.OpenAI:
                var server = SpeechProviders.Configured("Speech:Recognizer:OpenAI", () => new OpenAISpeechRecognizer(options.OpenAI, timeProvider: timeProvider));
                return new(server, server.Name, $"Recognizing speech with {options.OpenAI.Model} at {options.OpenAI.Place}, as configured.");
            case SpeechProviders.None:
                return None("Speech recognition is off, as configured.");
            default:
                return CreateOther(provider);
        }
    }

    /// <summary>Never fails: without any recognizer, speech is not recognized.</summary>
    private SpeechStage<ISpeechRecognizer> BestInstalled()
    {
        foreach (var other in others)
        {
            if (other.TryCreate(options, timeProvider, loggers, out _) is { } found)
                return found;
        }
        return TryPocketSphinx(out var problem) ?? None($"{problem}: speech is not recognized. {InstallHint.For(SpeechProviders.PocketSphinx)}");
    }

    private SpeechStage<ISpeechRecognizer> CreateOther(string provider)
    {
        if (others.FirstOrDefault(other => other.Name.Equals(provider, StringComparison.OrdinalIgnoreCase)) is { } other)
            return other.TryCreate(options, timeProvider, loggers, out var problem) ?? throw new InvalidOperationException($"Speech:Recognizer asks for {other.Name}, which cannot be used: {problem}");
        throw new InvalidOperationException(
            $"Speech:Recognizer:Provider \"{provider}\" is unknown. Use {string.Join(", ", ["auto", .. others.Select(static other => other.Name), "pocketsphinx", "openai"])} or none.");
    }

    private SpeechStage<ISpeechRecognizer>? TryPocketSphinx(out string problem) =>
        PocketSphinxRecognizer.TryCreate(options.PocketSphinx, timeProvider, loggers.CreateLogger<PocketSphinxRecognizer>(), out var found, out problem)
            ? new(found, found.Name, found.Reason)
            : null;

    private static SpeechStage<ISpeechRecognizer> None(string reason)
    {
        var absent = new AbsentRecognizer();
        return new(absent, absent.Name, reason);
    }
}
