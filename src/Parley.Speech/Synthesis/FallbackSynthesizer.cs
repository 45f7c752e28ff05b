using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using Parley.Speech.Hosting;

namespace Parley.Speech;

/// <summary>
/// Synthesizes with one engine, and with another if the first fails or times out before its first audio. After its first audio an engine is
/// not replaced: the sentence would start twice.
/// </summary>
public sealed partial class FallbackSynthesizer : ISpeechSynthesizer, IEngineStatus, ITitledEngine, IDisposable
{
    private readonly ISpeechSynthesizer _first;
    private readonly ISpeechSynthesizer _second;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;

    /// <summary>Creates one that owns both engines and disposes them.</summary>
    /// <param name="first">The preferred synthesizer.</param>
    /// <param name="second">The fallback.</param>
    /// <param name="timeout">How long the first may take to its first audio.</param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    /// <param name="logger">Receives a warning for each failure; null for none.</param>
    public FallbackSynthesizer(ISpeechSynthesizer first, ISpeechSynthesizer second, TimeSpan timeout, TimeProvider? timeProvider = null, ILogger? logger = null)
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
    public string Status => (_first as IEngineStatus)?.Status ?? (_second as IEngineStatus)?.Status ?? "";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(
        string text, SpeechVoice voice, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var late = new CancellationTokenSource(_timeout, _timeProvider);
        using var registration = late.Token.UnsafeRegister(static state => _ = ((CancellationTokenSource)state!).CancelAsync(), stop);
        var sound = _first.SpeakAsync(text, voice, stop.Token).GetAsyncEnumerator(stop.Token);
        await using (sound.ConfigureAwait(false))
        {
            var (hasSound, failure) = await BeginAsync(sound, late, cancellationToken).ConfigureAwait(false);
            registration.Unregister();
            if (failure is null && !late.IsCancellationRequested)
            {
                for (; hasSound; hasSound = await sound.MoveNextAsync().ConfigureAwait(false))
                    yield return sound.Current;
                yield break;
            }
            Log.Replaced(_logger, _first.Name, _second.Name, failure ?? Late());
        }
        await foreach (var chunk in _second.SpeakAsync(text, voice, cancellationToken).ConfigureAwait(false))
            yield return chunk;
    }

    /// <summary>Ends both engines.</summary>
    public void Dispose()
    {
        (_first as IDisposable)?.Dispose();
        (_second as IDisposable)?.Dispose();
    }

    private string Late() => $"No audio after {_timeout.TotalSeconds:0.#} s.";

    /// <summary>Waits for the first audio.</summary>
    /// <returns>Whether there is audio, or why the engine failed.</returns>
    private async Task<(bool HasSound, string? Failure)> BeginAsync(
        IAsyncEnumerator<ReadOnlyMemory<byte>> sound, CancellationTokenSource late, CancellationToken cancellationToken)
    {
        try
        {
            return (await sound.MoveNextAsync().ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (false, Late());
        }
        catch (SpeechEngineException e)
        {
            return (false, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.SynthesizerReplaced, LogLevel.Warning, "{First} failed, falling back to {Second}: {Reason}")]
        public static partial void Replaced(ILogger logger, string first, string second, string reason);
    }
}
