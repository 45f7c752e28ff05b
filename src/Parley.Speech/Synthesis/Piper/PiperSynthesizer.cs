using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using Parley.Speech.Hosting;
using Parley.Speech.Models;
using Parley.Speech.Synthesis.Neural;
using Parley.Speech.Synthesis.Piper;
using Parley.Speech.Synthesis;

namespace Parley.Speech;

/// <summary>
/// Synthesizes with voices of Piper, neural networks of 16 to 110 MB that run several times faster than real time on one core. Needs espeak-ng
/// for the phonemes (Debian: espeak-ng).
/// </summary>
/// <remarks>
/// Audio comes clause by clause; at most one clause is made ahead of the reader. One loaded voice serves all sessions, which take turns.
/// Cancelling ends the stream at once and stops the network. By default the network runs in a worker process; if that dies, another one
/// repeats the clause.
/// </remarks>
public sealed class PiperSynthesizer : ISpeechSynthesizer, ILanguageVoice, IEngineStatus, ITitledEngine, IDisposable
{
    private readonly PiperModel _model;
    private readonly int _speaker;
    private readonly Dictionary<string, (PiperModel Model, int Speaker)> _voices = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, PiperModel> _models = [];
    private readonly string _place;

    private PiperSynthesizer(PiperOptions options, EspeakOptions espeak, ModelStore models, VoicePlace place)
    {
        _place = place.Text;
        try
        {
            var path = options.Model is { Length: > 0 } model ? models.Resolve(model, ModelEngines.Piper) : FirstInstalled(models);
            _model = Load(path);
            _speaker = options.Speaker is { Length: > 0 } speaker ? SpeakerOf(_model, speaker) : _model.Voice.DefaultSpeaker;
            foreach (var (name, voice) in options.Voices)
            {
                var parts = voice.Split('#', 2);
                var other = parts[0].Length > 0 ? Load(models.Resolve(parts[0], ModelEngines.Piper)) : _model;
                _voices[name] = (other, parts.Length > 1 ? SpeakerOf(other, parts[1]) : other == _model ? _speaker : other.Voice.DefaultSpeaker);
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        PiperModel Load(string path)
        {
            if (!_models.TryGetValue(path, out var loaded))
                _models[path] = loaded = new PiperModel(path, place, espeak);
            return loaded;
        }
    }

    string ITitledEngine.Title => EngineTitle.OfModel(_model.Voice.Path);

    /// <inheritdoc/>
    public string Name => "piper";

    /// <summary>One sentence for logs and health pages: which voices were loaded, and where they run.</summary>
    public string Reason => $"Speaking {_model.Voice.Language} with {string.Join(", ", _models.Values.Select(static model => model.Name))} in Piper, {_place}.";

    /// <inheritdoc/>
    public string Status
    {
        get
        {
            var processes = string.Join(", ", ProcessIds);
            return $"{_models.Values.Sum(static model => model.Engine.Restarts)} voices replaced{(processes.Length > 0 ? "; processes " + processes : "")}";
        }
    }

    internal IReadOnlyList<int> ProcessIds => [.. _models.Values.Select(static model => model.Engine.ProcessId).Where(static process => process != 0)];

    /// <summary>Loads the voices; blocks meanwhile, for about a second each.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="espeak">Where espeak-ng is; null for the defaults.</param>
    /// <param name="models">The models to which names refer; null for the store of this user.</param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    /// <param name="logger">Receives a warning for each lost worker; null for none.</param>
    /// <exception cref="InvalidOperationException">A voice is missing or cannot be used, or a setting is wrong; the message says what to
    /// do.</exception>
    public static PiperSynthesizer Create(
        PiperOptions? options = null, EspeakOptions? espeak = null, ModelStore? models = null, TimeProvider? timeProvider = null, ILogger? logger = null)
    {
        options ??= new PiperOptions();
        var place = VoicePlace.Find(options.Isolation, options.Threads, options.StallTimeout, timeProvider ?? TimeProvider.System, logger ?? NullLogger.Instance);
        return new PiperSynthesizer(options, espeak ?? new EspeakOptions(), models ?? new ModelStore(ModelStore.DefaultFolder), place);
    }

    /// <summary>Whether a voice speaks a language; regions may differ.</summary>
    /// <param name="language">BCP-47 code, such as "de-DE".</param>
    public bool Speaks(string language) => _models.Values.Any(model => VoiceLanguage.IsSame(model.Voice.Language, language));

    /// <inheritdoc/>
    /// <exception cref="SpeechEngineException">The voice failed twice, or espeak-ng did.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, SpeechVoice voice, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(voice);
        cancellationToken.ThrowIfCancellationRequested();
        var (model, speaker) = _voices.TryGetValue(voice.Name, out var chosen) ? chosen : (_model, _speaker);
        // A text in another language than the voice of this name has: the main voice may speak it.
        if (voice.Language.Length > 0 && !VoiceLanguage.IsSame(model.Voice.Language, voice.Language) && VoiceLanguage.IsSame(_model.Voice.Language, voice.Language))
            (model, speaker) = (_model, _speaker);
        return model.SpeakAsync(text, speaker, voice.Stretch, cancellationToken);
    }

    /// <summary>Ends the voices and their processes; texts in progress fail.</summary>
    public void Dispose()
    {
        foreach (var model in _models.Values)
            model.Dispose();
    }

    private static string FirstInstalled(ModelStore models)
    {
        var installed = models.Installed.Where(static model => model.Engine == ModelEngines.Piper).ToList();
        return (installed.Find(static model => model.Name.Contains("en_", StringComparison.Ordinal)) ?? installed.FirstOrDefault())?.Path
            ?? throw new InvalidOperationException("No Piper voice is installed. List them: parley models available. Install one: parley models get NAME.");
    }

    private static int SpeakerOf(PiperModel model, string speaker) => model.Voice.FindSpeaker(speaker) ?? throw new InvalidOperationException(
        $"Voice {model.Name} has no speaker \"{speaker}\". It has {model.Voice.Speakers}: {Names(model.Voice)}.");

    private static string Names(PiperVoice voice)
    {
        const int shown = 10;
        var names = voice.SpeakerIds.Count > 0 ? voice.SpeakerIds.Keys : Enumerable.Range(0, voice.Speakers).Select(static id => $"{id}");
        return string.Join(", ", names.Take(shown)) + (voice.Speakers > shown ? ", …" : "");
    }
}
