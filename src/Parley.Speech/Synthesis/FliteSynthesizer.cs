using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Speech.Synthesis;
using Parley.Speech.Worker;
using Parley.Speech.Worker.Synthesis;
using Parley.Speech.Workers;

namespace Parley.Speech;

/// <summary>
/// Synthesizes English with flite. Needs libflite.so.1 with its voices (Debian: libflite1). Time to first audio: about 2 ms ("kal16") or
/// 30 ms (other speakers); at least 30 times faster than real time.
/// </summary>
/// <remarks>
/// Text is cleaned and split into pieces of at most 200 characters. At most two pieces of a stream are synthesized ahead of its reader.
/// Cancelling takes effect within about 16 ms of audio. By default the engine runs in worker processes; if one dies or hangs, another
/// continues at the same place.
/// </remarks>
public sealed partial class FliteSynthesizer : ISpeechSynthesizer, IEngineStatus, IDisposable
{
    private readonly FliteWorkers _workers;
    private readonly ILogger _logger;

    private FliteSynthesizer(FliteOptions options, FliteLibrary library, WorkerHost? workers, string place, TimeProvider timeProvider, ILogger logger)
    {
        _logger = logger;
        Reason = $"{FliteLibrary.FileName} found: speaking English with flite, {place}.";
        var patience = options.StallTimeout;
        Func<ISpeaker> start = workers is null
            ? () => library
            : () => new RemoteSpeaker(new WorkerProcess(workers, patience, timeProvider, WorkerCommand.Flite));
        _workers = new FliteWorkers(options.MaxVoices, start, timeProvider, reason => Log.VoiceLost(_logger, reason.Message));
        if (workers is not null)
            _workers.Warm();
    }

    /// <inheritdoc/>
    public string Name => "flite";

    /// <summary>One sentence for logs and health pages: which engine was found, and where it runs.</summary>
    public string Reason { get; }

    /// <inheritdoc/>
    public string Status
    {
        get
        {
            var processes = string.Join(", ", ProcessIds);
            return $"{_workers.State.Restarts} voices replaced{(processes.Length > 0 ? "; processes " + processes : "")}";
        }
    }

    internal IReadOnlyList<int> ProcessIds => [.. _workers.State.Voices.OfType<RemoteSpeaker>().Select(voice => voice.ProcessId)];

    /// <summary>Creates one with the default options if flite is installed.</summary>
    /// <param name="synthesizer">The synthesizer; dispose it to end its threads and processes.</param>
    /// <param name="problem">If it returns false: what is missing, in a few words.</param>
    public static bool TryCreate([NotNullWhen(true)] out FliteSynthesizer? synthesizer, out string problem) =>
        TryCreate(null, null, null, out synthesizer, out problem);

    /// <summary>Creates one if flite is installed.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    /// <param name="logger">Receives a warning for each lost worker; null for none.</param>
    /// <param name="synthesizer">The synthesizer; dispose it to end its threads and processes.</param>
    /// <param name="problem">If it returns false: what is missing, in a few words.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static bool TryCreate(
        FliteOptions? options, TimeProvider? timeProvider, ILogger? logger,
        [NotNullWhen(true)] out FliteSynthesizer? synthesizer, out string problem)
    {
        options ??= new FliteOptions();
        if (options.MaxVoices is < 1 or > 64)
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxVoices, "MaxVoices must be 1 to 64.");
        if (options.StallTimeout <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(options), options.StallTimeout, "StallTimeout must be greater than zero.");

        synthesizer = null;
        if (!FliteLibrary.TryGet(out var library, out problem))
            return false;
        WorkerHost? workers = null;
        var place = "in this process";
        if (options.Isolation == EngineIsolation.Process)
            place = WorkerHost.TryFind(out workers, out var why) ? "in separate processes" : $"in this process, because {why}";
        synthesizer = new FliteSynthesizer(options, library, workers, place, timeProvider ?? TimeProvider.System, logger ?? NullLogger.Instance);
        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The synthesizer was disposed.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, SpeechVoice voice, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(voice);
        return SpeakPiecesAsync(text, voice, cancellationToken);
    }

    /// <summary>Stops accepting text. Pieces in progress are finished.</summary>
    public void Dispose() => _workers.Dispose();

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakPiecesAsync(
        string text, SpeechVoice voice, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var pieces = TextSegmenter.Split(SpeakableText.From(text)).Where(HasWords).GetEnumerator();
        FliteUtterance? current = null, next = null;
        try
        {
            next = StartNext(pieces, voice, isAhead: false);
            while (next is not null)
            {
                // The next piece is synthesized while this one is read.
                (current, next) = (next, null);
                _workers.Await(current);
                next = StartNext(pieces, voice, isAhead: true);
                await foreach (var chunk in current.Chunks.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                    yield return chunk;
            }
        }
        finally
        {
            current?.Cancel();
            next?.Cancel();
        }
    }

    private FliteUtterance? StartNext(IEnumerator<string> pieces, SpeechVoice voice, bool isAhead)
    {
        if (!pieces.MoveNext())
            return null;
        var utterance = new FliteUtterance(pieces.Current.Trim(), voice);
        _workers.Enqueue(utterance, isAhead);
        return utterance;
    }

    private static bool HasWords(string piece) => piece.Any(char.IsAsciiLetterOrDigit);

    private static partial class Log
    {
        [LoggerMessage(EventIds.VoiceLost, LogLevel.Warning, "flite voice lost, starting another: {Reason}")]
        public static partial void VoiceLost(ILogger logger, string reason);
    }
}
