using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Speech.Hosting;
using Parley.Speech.Whisper.Decoding;
using Parley.Speech.Whisper.Measuring;
using Parley.Speech.Whisper.Streaming;
using Parley.Speech.Workers;

namespace Parley.Speech.Whisper;

/// <summary>
/// Recognizes speech with Whisper, offline, with partial transcripts. One model in one worker process serves all sessions. Needs a model in
/// ggml form, and a processor that is fast enough for it: the recognizer measures that when it loads the model.
/// </summary>
/// <remarks>
/// A growing utterance is decoded again and again; words on which two passes agree are its partial transcript. If the worker dies or hangs,
/// the utterance is decoded once more by another; if that fails too, it ends with <see cref="SpeechEngineException"/>.
/// <see cref="RecognitionRequest.Phrases"/> become Whisper's prompt.
/// </remarks>
public sealed partial class WhisperRecognizer : ISpeechRecognizer, IEngineStatus, ITitledEngine, IDisposable
{
    private const int MaxRemembered = 100;

    private readonly DecodeQueue _queue;
    private readonly WhisperSettings _settings;
    private readonly WhisperOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly string _model;
    private readonly RecognizerCounters _counters = new();
    private readonly TaskCompletionSource<MachineSpeed> _measured = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, bool> _said = new(StringComparer.Ordinal);
    private MachineSpeed? _speed;

    internal WhisperRecognizer(
        WhisperOptions options, string model, WhisperSettings settings, string reason, Func<IWhisperDecoder> start, TimeProvider timeProvider, ILogger logger)
    {
        (_options, _model, _settings, Reason, _timeProvider, _logger) = (options, model, settings, reason, timeProvider, logger);
        _queue = new DecodeQueue(start, options.Threads, timeProvider, OnLoaded, OnLost);
    }

    string ITitledEngine.Title => EngineTitle.OfModel(_model + ".bin") is var title && title == _model ? $"Whisper {_model}" : title;

    /// <inheritdoc/>
    public string Name => WhisperProvider.ProviderName;

    /// <summary>True: words are partial results once two passes agree on them.</summary>
    public bool HasStablePartials => true;

    /// <summary>One sentence for logs and health pages: which model, and where it runs.</summary>
    public string Reason { get; }

    /// <inheritdoc/>
    public string Status
    {
        get
        {
            var (waiting, dropped, restarts) = _queue.Counts;
            var (finals, ready) = _counters.Counts;
            var speed = Volatile.Read(ref _speed) switch
            {
                null => "loading",
                { IsSlow: true } slow => TooSlow(slow),
                var fast => $"{fast.Text} s of work per second of speech",
            };
            var text = $"{speed}; {waiting} waiting, {finals} utterances, {ready} of them ready at once, {dropped} partial passes dropped, {restarts} replaced";
            return _queue.ProcessId is var id and > 0 ? $"{text}; process {id}" : text;
        }
    }

    internal int ProcessId => _queue.ProcessId;

    /// <summary>Completes when the model is loaded and the machine's speed is measured; fails if it could not be loaded.</summary>
    internal Task<MachineSpeed> Measured => _measured.Task;

    /// <summary>Creates one if there is a model; it loads in the background.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    /// <param name="logger">Receives the measured speed and warnings about lost workers; null for none.</param>
    /// <param name="recognizer">The recognizer; dispose it to end its worker.</param>
    /// <param name="problem">If it returns false: what is wrong and what to do, in one sentence.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static bool TryCreate(
        WhisperOptions options, TimeProvider? timeProvider, ILogger? logger, [NotNullWhen(true)] out WhisperRecognizer? recognizer, out string problem) =>
        TryCreate(options, new ModelStore(ModelStore.DefaultFolder), timeProvider, logger, out recognizer, out problem);

    internal static bool TryCreate(
        WhisperOptions options, ModelStore models, TimeProvider? timeProvider, ILogger? logger,
        [NotNullWhen(true)] out WhisperRecognizer? recognizer, out string problem)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(nameof(options), options.Threads is >= 1 and <= 64, options.Threads, "Threads must be 1 to 64.");
        Check(nameof(options), options.MinAudioContext is >= 64 and <= 1_500, options.MinAudioContext, "MinAudioContext must be 64 to 1,500.");
        Check(nameof(options), options.PartialInterval >= TimeSpan.Zero, options.PartialInterval, "PartialInterval must not be negative.");
        Check(nameof(options), options.StallTimeout > TimeSpan.Zero, options.StallTimeout, "StallTimeout must be greater than zero.");
        recognizer = null;
        var language = options.Language?.ToLowerInvariant() ?? "";
        if (language is not ("" or WhisperLanguage.Detect) && WhisperLanguage.CodeOf(language) is null)
            return Fail($"Whisper does not know the language \"{options.Language}\". Set Language to a code such as en, or to auto.", out problem);

        WhisperModelFile file;
        string path;
        try
        {
            path = ModelPath.Find(options.Model, models);
            file = WhisperModelFile.Read(path);
        }
        catch (InvalidOperationException e)
        {
            return Fail(e.Message, out problem);
        }
        if (file.Bytes > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
            return Fail($"the model {path} needs {file.Bytes / 1_000_000} MB, more than the memory of this machine. Use a smaller one.", out problem);

        var time = timeProvider ?? TimeProvider.System;
        WorkerHost? workers = null;
        var place = "in this process";
        if (options.Isolation == EngineIsolation.Process)
            place = WorkerHost.TryFind(out workers, out var why) ? "in a separate process" : $"in this process, because {why}";
        var settings = new WhisperSettings(
            file.IsMultilingual, file.AudioContext, options.MinAudioContext, options.PartialInterval, language switch { "" => null, WhisperLanguage.Detect => language, _ => WhisperLanguage.CodeOf(language) });
        var name = Path.GetFileNameWithoutExtension(path);
        var reason = $"Recognizing {(file.IsMultilingual ? "speech" : "English")} with Whisper and the model {name}, {options.Threads} "
            + $"{(options.Threads == 1 ? "thread" : "threads")}, {place}.";
        recognizer = new WhisperRecognizer(
            options, name, settings, reason, () => ConnectedDecoder.Start(workers, path, options.StallTimeout, time), time, logger ?? NullLogger.Instance);
        problem = "";
        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="request"/> is null.</exception>
    public IRecognition Start(RecognitionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Language is { Length: > 0 } language && IsOther(language) && _said.Count < MaxRemembered && _said.TryAdd(language, true))
            Log.OtherLanguage(_logger, language, _model);
        return new WhisperRecognition(_queue, request, _settings, _counters, _timeProvider);
    }

    /// <summary>Ends the worker. Open utterances fail with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _queue.Dispose();
        _measured.TrySetException(new ObjectDisposedException(nameof(WhisperRecognizer)));
        _ = _measured.Task.Exception;
    }

    private static void Check(string parameter, bool isValid, object value, string message)
    {
        if (!isValid)
            throw new ArgumentOutOfRangeException(parameter, value, message);
    }

    private static bool Fail(string why, out string problem)
    {
        problem = why;
        return false;
    }

    private bool IsOther(string language) =>
        _settings.IsMultilingual ? WhisperLanguage.CodeOf(language) is null : !language.StartsWith("en", StringComparison.OrdinalIgnoreCase);

    private string TooSlow(MachineSpeed speed) =>
        $"too slow for live conversation: {speed.Text} s of work per second of speech, {MachineSpeed.Slow:0.0} or less is needed. Use a smaller model"
        + (_options.Threads < Environment.ProcessorCount ? " or more Threads" : "");

    private void OnLoaded(IWhisperDecoder decoder)
    {
        var speed = MachineSpeed.Measure(decoder, _settings, _options.Threads);
        Volatile.Write(ref _speed, speed);
        if (speed.IsSlow)
            Log.TooSlow(_logger, _model, TooSlow(speed));
        else
            Log.Loaded(_logger, _model, speed.Text, _options.Threads);
        _measured.TrySetResult(speed);
    }

    private void OnLost(Exception reason)
    {
        Log.DecoderLost(_logger, reason.Message);
        if (_measured.TrySetException(reason))
            _ = _measured.Task.Exception;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.DecoderLost, LogLevel.Warning, "Whisper decoder lost, starting another: {Reason}")]
        public static partial void DecoderLost(ILogger logger, string reason);

        [LoggerMessage(EventIds.ModelLoaded, LogLevel.Information, "Whisper model {Model} loaded: {Factor} s of work per second of speech with {Threads} threads")]
        public static partial void Loaded(ILogger logger, string model, string factor, int threads);

        [LoggerMessage(EventIds.TooSlow, LogLevel.Warning, "Whisper model {Model} is {Problem}")]
        public static partial void TooSlow(ILogger logger, string model, string problem);

        [LoggerMessage(EventIds.OtherLanguage, LogLevel.Warning, "Recognition language {Language} is not supported by the Whisper model {Model}; recognizing what it knows")]
        public static partial void OtherLanguage(ILogger logger, string language, string model);
    }
}
