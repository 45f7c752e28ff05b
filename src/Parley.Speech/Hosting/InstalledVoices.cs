using Microsoft.Extensions.Logging;
using Parley.Speech.Models;
using Parley.Speech.Synthesis.Kokoro;
using Parley.Speech.Synthesis.Neural;
using Parley.Speech.Synthesis.Piper;

namespace Parley.Speech.Hosting;

/// <summary>Finds voices of Piper and Kokoro for "auto": one for each language, Piper before Kokoro because it answers sooner.</summary>
internal sealed partial class InstalledVoices(SynthesizerOptions options, ModelStore models, TimeProvider timeProvider, ILoggerFactory loggers)
{
    private const string First = "en-US";

    private readonly ILogger _logger = loggers.CreateLogger<InstalledVoices>();

    /// <summary>Finds the voices; loads the English one in the background.</summary>
    /// <param name="better">A voice whose languages need no other; null for none.</param>
    public IReadOnlyList<InstalledVoice> Find(ILanguageVoice? better = null)
    {
        var found = Pipers().Concat(Kokoros()).Where(voice => better is null || !voice.Languages.All(better.Speaks)).ToList();
        _ = found.Find(static voice => voice.Speaks(First))?.Load();
        return found;
    }

    public static PiperSynthesizer Piper(PiperOptions piper, SynthesizerOptions options, ModelStore models, TimeProvider timeProvider, ILoggerFactory loggers) =>
        PiperSynthesizer.Create(piper, options.Espeak, models, timeProvider, loggers.CreateLogger<PiperSynthesizer>());

    public static KokoroSynthesizer Kokoro(KokoroOptions kokoro, SynthesizerOptions options, ModelStore models, TimeProvider timeProvider, ILoggerFactory loggers) =>
        KokoroSynthesizer.Create(kokoro, options.Espeak, models, timeProvider, loggers.CreateLogger<KokoroSynthesizer>());

    // The section of the configuration is for the voice that it names, or for the first one.
    private IEnumerable<InstalledVoice> Pipers()
    {
        var paths = PathsOf(options.Piper.Model, ModelEngines.Piper).Select(Describe).OfType<PiperVoice>()
            .OrderByDescending(static voice => voice.Language == First).DistinctBy(static voice => voice.Language.Split('-')[0]).ToList();
        for (var i = 0; i < paths.Count; i++)
        {
            var (path, language) = (paths[i].Path, paths[i].Language);
            var settings = new PiperOptions { Model = path, Threads = options.Piper.Threads, Isolation = options.Piper.Isolation, StallTimeout = options.Piper.StallTimeout };
            if (i == 0)
            {
                settings.Speaker = options.Piper.Speaker;
                foreach (var (name, voice) in options.Piper.Voices)
                    settings.Voices[name] = voice;
            }
            yield return new InstalledVoice(
                SpeechProviders.Piper, $"Voice {Path.GetFileNameWithoutExtension(path)} found: speaking {language} with Piper.",
                [language], () => Piper(settings, options, models, timeProvider, loggers), Failed);
        }
    }

    private IEnumerable<InstalledVoice> Kokoros()
    {
        foreach (var path in PathsOf(options.Kokoro.Model, ModelEngines.Kokoro).Take(1))
        {
            KokoroCast cast;
            try
            {
                cast = new KokoroCast(KokoroStyles.Find(path).Names);
            }
            catch (InvalidOperationException e)
            {
                Failed(e);
                continue;
            }
            var settings = new KokoroOptions
            {
                Model = path, Voice = options.Kokoro.Voice, Threads = options.Kokoro.Threads, Isolation = options.Kokoro.Isolation, StallTimeout = options.Kokoro.StallTimeout,
            };
            foreach (var (name, voice) in options.Kokoro.Voices)
                settings.Voices[name] = voice;
            yield return new InstalledVoice(
                SpeechProviders.Kokoro, $"{Path.GetFileNameWithoutExtension(path)} found: {cast.Names.Count} voices of Kokoro.",
                [.. cast.Languages.Select(static language => language.Code)], () => Kokoro(settings, options, models, timeProvider, loggers), Failed);
        }
    }

    private IEnumerable<string> PathsOf(string? configured, string engine)
    {
        if (string.IsNullOrEmpty(configured))
            return models.Installed.Where(model => model.Engine == engine).Select(static model => model.Path);
        try
        {
            return [models.Resolve(configured, engine)];
        }
        catch (InvalidOperationException e)
        {
            Failed(e);
            return [];
        }
    }

    private PiperVoice? Describe(string path)
    {
        try
        {
            return PiperVoice.Load(path);
        }
        catch (InvalidOperationException e)
        {
            Failed(e);
            return null;
        }
    }

    private void Failed(Exception reason) => Log.InstalledVoiceFailed(_logger, reason.Message);

    private static partial class Log
    {
        [LoggerMessage(EventIds.InstalledVoiceFailed, LogLevel.Warning, "Installed voice cannot be used, speaking with another engine: {Reason}")]
        public static partial void InstalledVoiceFailed(ILogger logger, string reason);
    }
}
