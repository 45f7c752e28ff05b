using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Speech.Hosting;
using Parley.Speech.Models;
using Parley.Speech.Synthesis.Espeak;
using Parley.Speech.Synthesis.Kokoro;
using Parley.Speech.Synthesis.Neural;

namespace Parley.Speech;

/// <summary>
/// Synthesizes with Kokoro v1.0 as ONNX, one network of 80 to 330 MB with about fifty voices: English, Spanish, French, Hindi, Italian and
/// Portuguese. Needs espeak-ng for the phonemes (Debian: espeak-ng).
/// </summary>
/// <remarks>Streams, takes turns and recovers as <see cref="PiperSynthesizer"/> does.</remarks>
public sealed class KokoroSynthesizer : ISpeechSynthesizer, ILanguageVoice, IEngineStatus, ITitledEngine, IDisposable
{
    private const int RateHz = 24_000;

    private readonly KokoroOptions _options;
    private readonly KokoroStyles _styles;
    private readonly KokoroCast _cast;
    private readonly VoiceEngine _engine;
    private readonly Dictionary<KokoroLanguage, (EspeakPhonemizer Espeak, KokoroPhonemes Phonemes)> _languages;
    private readonly ConcurrentDictionary<string, VoiceLevel> _levels = [];
    private readonly string _place;

    private KokoroSynthesizer(KokoroOptions options, EspeakOptions espeak, ModelStore models, VoicePlace place)
    {
        _options = options;
        _place = place.Text;
        var path = options.Model is { Length: > 0 } model
            ? models.Resolve(model, ModelEngines.Kokoro)
            : models.Installed.FirstOrDefault(static model => model.Engine == ModelEngines.Kokoro)?.Path
                ?? throw new InvalidOperationException("No Kokoro model is installed. List them: parley models available. Install one: parley models get NAME.");
        _styles = KokoroStyles.Find(path);
        _cast = new KokoroCast(_styles.Names);
        foreach (var voice in (IEnumerable<string?>)[options.Voice, .. options.Voices.Values])
        {
            if (!string.IsNullOrEmpty(voice) && !_cast.Has(voice))
                throw new InvalidOperationException($"Kokoro has no voice \"{voice}\" in a supported language. It has {string.Join(", ", _cast.Names)}.");
        }
        _languages = _cast.Languages.ToDictionary(static language => language, language =>
        {
            var program = new EspeakPhonemizer(espeak, language.EspeakVoice, place.TimeProvider, KokoroPhonemes.TieOf(language));
            return (program, new KokoroPhonemes(language, program));
        });
        try
        {
            _languages.Values.First().Espeak.Start();
            _engine = place.Start<KokoroEngineFactory>("kokoro", path, new(0, KokoroSymbols.ToIds(["a", "."]), _styles.Row(_cast.Names[0], 2)));
        }
        catch (SpeechEngineException e)
        {
            throw new InvalidOperationException($"Kokoro cannot speak: {e.Message} {Hosting.InstallHint.For(Hosting.SpeechProviders.Espeak)}", e);
        }
        finally
        {
            if (_engine is null)
                DisposePrograms();
        }
    }

    string ITitledEngine.Title => "Kokoro";

    /// <inheritdoc/>
    public string Name => "kokoro";

    /// <summary>One sentence for logs and health pages: how many voices were found, and where they run.</summary>
    public string Reason => $"Speaking {string.Join(", ", _cast.Languages.Select(static language => language.Code))} with {_cast.Names.Count} voices of Kokoro, {_place}.";

    /// <inheritdoc/>
    public string Status => $"{_engine.Restarts} voices replaced{(_engine.ProcessId is > 0 and var process ? $"; process {process}" : "")}";

    internal int ProcessId => _engine.ProcessId;

    /// <summary>Loads the network; blocks meanwhile, for a few seconds.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="espeak">Where espeak-ng is; null for the defaults.</param>
    /// <param name="models">The models to which names refer; null for the store of this user.</param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    /// <param name="logger">Receives a warning for each lost worker; null for none.</param>
    /// <exception cref="InvalidOperationException">The model is missing or cannot be used, or a setting is wrong; the message says what to
    /// do.</exception>
    public static KokoroSynthesizer Create(
        KokoroOptions? options = null, EspeakOptions? espeak = null, ModelStore? models = null, TimeProvider? timeProvider = null, ILogger? logger = null)
    {
        options ??= new KokoroOptions();
        var place = VoicePlace.Find(options.Isolation, options.Threads, options.StallTimeout, timeProvider ?? TimeProvider.System, logger ?? NullLogger.Instance);
        return new KokoroSynthesizer(options, espeak ?? new EspeakOptions(), models ?? new ModelStore(ModelStore.DefaultFolder), place);
    }

    /// <summary>Whether there is a voice for a language; regions may differ.</summary>
    /// <param name="language">BCP-47 code, such as "fr-FR".</param>
    public bool Speaks(string language) => _cast.Languages.Any(known => VoiceLanguage.IsSame(known.Code, language));

    /// <inheritdoc/>
    /// <exception cref="SpeechEngineException">The network failed twice, or espeak-ng did.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, SpeechVoice voice, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(voice);
        cancellationToken.ThrowIfCancellationRequested();
        var name = _cast.Choose(voice, _options.Voices.GetValueOrDefault(voice.Name, _options.Voice ?? ""));
        return VoiceStream.SpeakAsync(UnitsAsync(text, name, voice.Stretch, cancellationToken), _engine, RateHz, _levels.GetOrAdd(name, static _ => new VoiceLevel(RateHz)), cancellationToken);
    }

    /// <summary>Ends the network and its process; texts in progress fail.</summary>
    public void Dispose()
    {
        _engine.Dispose();
        DisposePrograms();
    }

    private void DisposePrograms()
    {
        foreach (var (espeak, _) in _languages.Values)
            espeak.Dispose();
    }

    private async IAsyncEnumerable<VoiceUnit> UnitsAsync(string text, string name, float stretch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var language = KokoroLanguage.Of(name)!;
        var isFirst = true;
        foreach (var piece in VoiceText.Pieces(text, language.Code))
        {
            var sentence = await _languages[language].Phonemes.OfAsync(piece, cancellationToken).ConfigureAwait(false);
            foreach (var part in sentence.Parts(isFirst, KokoroSymbols.Longest))
            {
                isFirst = false;
                yield return new(
                    new VoiceRequest(0, KokoroSymbols.ToIds(part), _styles.Row(name, part.Count), Speed: 1 / Math.Clamp(stretch, 0.5f, 2)), part[^1] is "." or "?" or "!");
            }
        }
    }
}
