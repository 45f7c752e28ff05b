using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using Parley.Speech.Hosting;
using Parley.Speech.Languages;

namespace Parley.Speech.Synthesis;

/// <summary>
/// Chooses an installed engine by language: English with flite, others with espeak-ng; with the other engine if one is missing, and with
/// tones if both are. An engine that fails before its first audio is replaced by the next.
/// </summary>
/// <remarks>The language is <see cref="SpeechVoice.Language"/>; if empty, it is guessed from the text.</remarks>
internal sealed class LanguageSynthesizer : ISpeechSynthesizer, IEngineStatus, ITitledEngine, IDisposable
{
    private readonly FliteSynthesizer? _flite;
    private readonly EspeakSynthesizer? _espeak;
    private readonly ISpeechSynthesizer _forEnglish;
    private readonly ISpeechSynthesizer _forOthers;

    /// <summary>Creates one from the installed engines.</summary>
    /// <param name="flite">For English; null if it is not installed.</param>
    /// <param name="espeak">For other languages; null if it is not installed.</param>
    /// <param name="logger">Receives a warning when an engine is replaced by the next.</param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    public LanguageSynthesizer(FliteSynthesizer? flite, EspeakSynthesizer? espeak, ILogger? logger = null, TimeProvider? timeProvider = null)
    {
        (_flite, _espeak) = (flite, espeak);
        var tones = new ToneSynthesizer();
        logger ??= NullLogger.Instance;
        timeProvider ??= TimeProvider.System;
        _forEnglish = Chain(flite, espeak, tones);
        _forOthers = Chain(espeak, flite, tones);
        Name = string.Join("+", new ISpeechSynthesizer?[] { flite, espeak }.OfType<ISpeechSynthesizer>().DefaultIfEmpty(tones).Select(engine => engine.Name));

        ISpeechSynthesizer Chain(params ISpeechSynthesizer?[] engines) =>
            engines.OfType<ISpeechSynthesizer>().Reverse().Aggregate((next, engine) => new FallbackSynthesizer(engine, next, TimeSpan.FromSeconds(15), timeProvider, logger));
    }

    string ITitledEngine.Title => EngineTitle.OfName(Name.Split('+')[0]);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Status => _flite?.Status ?? "";

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, SpeechVoice voice, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(voice);
        if (voice.Language.Length == 0)
            voice = voice with { Language = TextLanguage.Guess(text) ?? "en-US" };
        var isEnglish = voice.Language.StartsWith("en", StringComparison.OrdinalIgnoreCase);
        return (isEnglish ? _forEnglish : _forOthers).SpeakAsync(text, voice, cancellationToken);
    }

    /// <summary>Ends the engines.</summary>
    public void Dispose()
    {
        _flite?.Dispose();
        _espeak?.Dispose();
    }
}
