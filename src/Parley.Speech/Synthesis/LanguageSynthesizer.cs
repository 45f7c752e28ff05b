using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using Parley.Speech.Hosting;
using Parley.Speech.Languages;
using Parley.Speech.Synthesis.Neural;

namespace Parley.Speech.Synthesis;

/// <summary>
/// Chooses an installed engine by language: a voice of Piper or Kokoro that speaks it; otherwise English with flite, others with espeak-ng; with
/// the other engine if one is missing, and with tones if both are. An engine that fails before its first audio is replaced by the next.
/// </summary>
/// <remarks>The language is <see cref="SpeechVoice.Language"/>; if empty, it is guessed from the text.</remarks>
internal sealed class LanguageSynthesizer : ISpeechSynthesizer, IEngineStatus, ITitledEngine, IDisposable
{
    private readonly FliteSynthesizer? _flite;
    private readonly EspeakSynthesizer? _espeak;
    private readonly IReadOnlyList<ILanguageVoice> _voices;
    private readonly ILogger _logger;
    private readonly TimeProvider _timeProvider;
    private readonly ISpeechSynthesizer _forEnglish;
    private readonly ISpeechSynthesizer _forOthers;

    /// <summary>Creates one from the installed engines.</summary>
    /// <param name="flite">For English; null if it is not installed.</param>
    /// <param name="espeak">For other languages; null if it is not installed.</param>
    /// <param name="logger">Receives a warning when an engine is replaced by the next.</param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    /// <param name="voices">Voices that are better than both, in order; null for none.</param>
    public LanguageSynthesizer(
        FliteSynthesizer? flite, EspeakSynthesizer? espeak, ILogger? logger = null, TimeProvider? timeProvider = null, IReadOnlyList<ILanguageVoice>? voices = null)
    {
        (_flite, _espeak, _voices) = (flite, espeak, voices ?? []);
        var tones = new ToneSynthesizer();
        _logger = logger ?? NullLogger.Instance;
        _timeProvider = timeProvider ?? TimeProvider.System;
        _forEnglish = Chain(flite, espeak, tones);
        _forOthers = Chain(espeak, flite, tones);
        Name = string.Join("+", ((ISpeechSynthesizer?[])[.. _voices, flite, espeak]).OfType<ISpeechSynthesizer>().DefaultIfEmpty(tones).Select(engine => engine.Name).Distinct());

        ISpeechSynthesizer Chain(params ISpeechSynthesizer?[] engines) =>
            engines.OfType<ISpeechSynthesizer>().Reverse().Aggregate(Else);
    }

    string ITitledEngine.Title => EngineTitle.OfName(Name.Split('+')[0]);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Status => string.Join("; ", ((object?[])[.. _voices, _flite]).OfType<IEngineStatus>().Select(engine => engine.Status).Where(status => status.Length > 0));

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, SpeechVoice voice, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(voice);
        if (voice.Language.Length == 0)
            voice = voice with { Language = TextLanguage.Guess(text) ?? "en-US" };
        var isEnglish = voice.Language.StartsWith("en", StringComparison.OrdinalIgnoreCase);
        var engine = isEnglish ? _forEnglish : _forOthers;
        if (_voices.FirstOrDefault(candidate => candidate.Speaks(voice.Language)) is { } better)
            engine = Else(engine, better);
        return engine.SpeakAsync(text, voice, cancellationToken);
    }

    /// <summary>Ends the engines.</summary>
    public void Dispose()
    {
        foreach (var voice in _voices)
            (voice as IDisposable)?.Dispose();
        _flite?.Dispose();
        _espeak?.Dispose();
    }

    private FallbackSynthesizer Else(ISpeechSynthesizer next, ISpeechSynthesizer engine) => new(engine, next, TimeSpan.FromSeconds(15), _timeProvider, _logger);
}
