using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using Parley.Speech.Hosting;
using Parley.Speech.Recognition;

namespace Parley.Speech;

/// <summary>
/// Recognizes with one engine, and with another if the first fails or times out at the end of an utterance. The fallback then gets the
/// whole utterance from its start.
/// </summary>
public sealed partial class FallbackRecognizer : ISpeechRecognizer, IEngineStatus, ITitledEngine, IDisposable
{
    private readonly ISpeechRecognizer _first;
    private readonly ISpeechRecognizer _second;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;

    /// <summary>Creates one that owns both engines and disposes them.</summary>
    /// <param name="first">The preferred recognizer.</param>
    /// <param name="second">The fallback.</param>
    /// <param name="timeout">How long the first may take from the end of the audio to the transcript.</param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    /// <param name="logger">Receives a warning for each failure; null for none.</param>
    public FallbackRecognizer(ISpeechRecognizer first, ISpeechRecognizer second, TimeSpan timeout, TimeProvider? timeProvider = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        (_first, _second, _timeout) = (first, second, timeout);
        (_timeProvider, _logger) = (timeProvider ?? TimeProvider.System, logger ?? NullLogger.Instance);
    }

    string ITitledEngine.Title => EngineTitle.Of(_first, _first.Name);

    /// <inheritdoc/>
    public string Name => $"{_first.Name}, else {_second.Name}";

    /// <inheritdoc/>
    public bool HasStablePartials => _first.HasStablePartials;

    /// <inheritdoc/>
    public string Status => string.Join("; ", new[] { _first, _second }.OfType<IEngineStatus>().Select(engine => engine.Status));

    /// <inheritdoc/>
    public IRecognition Start(RecognitionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Recognition(this, request);
    }

    /// <summary>Ends both engines.</summary>
    public void Dispose()
    {
        (_first as IDisposable)?.Dispose();
        (_second as IDisposable)?.Dispose();
    }

    private sealed class Recognition : IRecognition
    {
        private readonly FallbackRecognizer _owner;
        private readonly IRecognition _first;
        private readonly BufferedRecognition _second;

        public Recognition(FallbackRecognizer owner, RecognitionRequest request)
        {
            _owner = owner;
            _first = owner._first.Start(request);
            _second = new BufferedRecognition(async (sound, cancellationToken) =>
            {
                var recognition = owner._second.Start(request with { Partial = null });
                await using (recognition.ConfigureAwait(false))
                {
                    recognition.Accept(sound.Span);
                    return await recognition.FinishAsync(cancellationToken).ConfigureAwait(false);
                }
            });
        }

        public void Accept(ReadOnlySpan<short> samples)
        {
            _first.Accept(samples);
            _second.Accept(samples);
        }

        public ValueTask<Transcript?> PeekAsync(CancellationToken cancellationToken = default) => _first.PeekAsync(cancellationToken);

        public async ValueTask<Transcript> FinishAsync(CancellationToken cancellationToken = default)
        {
            using var late = new CancellationTokenSource(_owner._timeout, _owner._timeProvider);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            string failure;
            try
            {
                return await _first.FinishAsync(stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                failure = $"No transcript after {_owner._timeout.TotalSeconds:0.#} s.";
            }
            catch (SpeechEngineException e)
            {
                failure = e.Message;
            }
            Log.Replaced(_owner._logger, _owner._first.Name, _owner._second.Name, failure);
            return await _second.FinishAsync(cancellationToken).ConfigureAwait(false);
        }

        public async ValueTask DisposeAsync()
        {
            await _first.DisposeAsync().ConfigureAwait(false);
            await _second.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RecognizerReplaced, LogLevel.Warning, "{First} failed, falling back to {Second}: {Reason}")]
        public static partial void Replaced(ILogger logger, string first, string second, string reason);
    }
}
