using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Speech.Recognition;
using Parley.Speech.Worker;
using Parley.Speech.Worker.Recognition;
using Parley.Speech.Workers;

namespace Parley.Speech;

/// <summary>
/// Recognizes English with pocketsphinx, offline and streaming. An old acoustic model: one word in four wrong in free speech, one in
/// twenty-five if phrases are given. Needs libpocketsphinx.so.3 and the en-us model (Debian: libpocketsphinx3, pocketsphinx-en-us).
/// </summary>
/// <remarks>
/// The decoders run in worker processes, at most <see cref="PocketSphinxOptions.MaxDecoders"/>. If one dies or hangs, the utterance is
/// decoded once more by another, from its start; if that fails too, it ends with <see cref="SpeechEngineException"/>. Transcripts are lower
/// case without punctuation. Any other language is recognized as if it were English.
/// </remarks>
public sealed partial class PocketSphinxRecognizer : ISpeechRecognizer, IEngineStatus, IDisposable
{
    // Limits on what a session may send to a worker; the grammar has its own limits.
    private const int MaxPhrases = 600;
    private const int MaxPhraseCharacters = 1_000;
    private const int MaxRemembered = 1_000;

    private readonly DecoderPool _pool;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly bool _isApart;
    private readonly int _max;
    private readonly ConcurrentDictionary<string, bool> _said = new(StringComparer.Ordinal);

    private PocketSphinxRecognizer(PocketSphinxOptions options, WorkerHost? workers, string place, TimeProvider timeProvider, ILogger logger)
    {
        (_timeProvider, _logger, _isApart, _max) = (timeProvider, logger, workers is not null, options.MaxDecoders);
        Reason = $"{SphinxLibrary.FileName} found: recognizing English with pocketsphinx and the model in {options.ModelDirectory}, {place}.";
        var (directory, patience) = (options.ModelDirectory, options.StallTimeout);
        Func<IDecoder> start = workers is null
            ? () => new SphinxDecoder(directory)
            : () => new RemoteDecoder(new WorkerProcess(workers, patience, timeProvider, WorkerCommand.PocketSphinx, directory));
        _pool = new DecoderPool(options.MaxDecoders, start, timeProvider, OnLost, OnRefused, Warm);
    }

    /// <inheritdoc/>
    public string Name => "pocketsphinx";

    /// <summary>One sentence for logs and health pages: which engine was found, and where it runs.</summary>
    public string Reason { get; }

    /// <inheritdoc/>
    public string Status
    {
        get
        {
            var (loaded, busy, restarts) = _pool.Counts;
            var text = $"{busy} of at most {_max} decoders in use, {loaded} loaded, {restarts} replaced";
            return _isApart && ProcessIds is { Count: > 0 } ids ? $"{text}; processes {string.Join(", ", ids)}" : text;
        }
    }

    internal IReadOnlyList<int> ProcessIds => _pool.ProcessIds;

    /// <summary>Creates one if pocketsphinx and its model are installed; the first decoder loads in the background.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    /// <param name="logger">Receives warnings about lost decoders and unusable phrases; null for none.</param>
    /// <param name="recognizer">The recognizer; dispose it to end its workers.</param>
    /// <param name="problem">If it returns false: what is missing, in a few words.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static bool TryCreate(
        PocketSphinxOptions? options, TimeProvider? timeProvider, ILogger? logger,
        [NotNullWhen(true)] out PocketSphinxRecognizer? recognizer, out string problem)
    {
        options ??= new PocketSphinxOptions();
        if (options.MaxDecoders is < 1 or > 64)
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxDecoders, "MaxDecoders must be 1 to 64.");
        if (options.StallTimeout <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(options), options.StallTimeout, "StallTimeout must be greater than zero.");

        recognizer = null;
        if (!SphinxLibrary.TryGet(out _, out problem))
            return false;
        if (SphinxDecoder.ProblemOf(options.ModelDirectory) is { } missing)
        {
            problem = missing;
            return false;
        }

        WorkerHost? workers = null;
        var place = "in this process";
        if (options.Isolation == EngineIsolation.Process)
            place = WorkerHost.TryFind(out workers, out var why) ? "in separate processes" : $"in this process, because {why}";
        recognizer = new PocketSphinxRecognizer(options, workers, place, timeProvider ?? TimeProvider.System, logger ?? NullLogger.Instance);
        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="request"/> is null.</exception>
    public IRecognition Start(RecognitionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Language is { Length: > 0 } language && !language.StartsWith("en", StringComparison.OrdinalIgnoreCase) && IsFirst("language " + language))
            Log.OtherLanguage(_logger, language);
        return new PooledRecognition(_pool, request with { Phrases = [.. request.Phrases.Where(phrase => phrase.Length <= MaxPhraseCharacters).Take(MaxPhrases)] }, _timeProvider);
    }

    /// <summary>Ends the workers. Open utterances fail with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => _pool.Dispose();

    // Loads the search for phrases too, which otherwise delays the first utterance of each decoder by half a second.
    private static void Warm(IDecoder decoder)
    {
        decoder.Begin(["hello"], []);
        decoder.Accept(new short[1_600]);
        decoder.Peek();
        decoder.Finish();
    }

    private void OnLost(Exception reason) => Log.DecoderLost(_logger, reason.Message);

    private void OnRefused(IReadOnlyList<string> problems)
    {
        foreach (var problem in problems)
        {
            if (IsFirst(problem))
                Log.PhraseRefused(_logger, problem);
        }
    }

    // Sessions repeat the same phrases; log each problem once.
    private bool IsFirst(string text) => _said.Count < MaxRemembered && _said.TryAdd(text, true);

    private static partial class Log
    {
        [LoggerMessage(EventIds.DecoderLost, LogLevel.Warning, "pocketsphinx decoder lost, starting another: {Reason}")]
        public static partial void DecoderLost(ILogger logger, string reason);

        [LoggerMessage(EventIds.PhraseRefused, LogLevel.Information, "Phrase skipped: {Reason}")]
        public static partial void PhraseRefused(ILogger logger, string reason);

        [LoggerMessage(EventIds.OtherLanguage, LogLevel.Warning, "Recognition language {Language} is not supported by pocketsphinx; recognizing English")]
        public static partial void OtherLanguage(ILogger logger, string language);
    }
}
