using Microsoft.Extensions.Logging;
using Parley.Cascade.Answering;
using Parley.Protocol;
using Parley.Speech;

namespace Parley.Cascade.Input;

/// <summary>
/// Runs the recognizer for each utterance: starts it with the pre-roll, feeds it while the user speaks, and reports the final transcript. A
/// failed recognition is repeated once with the same audio, if the audio is still buffered. One that times out is not, because asking the
/// user is better than waiting twice. Called under the session's lock, except for the waiting.
/// </summary>
internal sealed partial class RecognitionStage(
    CascadeSession session, ISpeechRecognizer recognizer, AudioRingBuffer buffer, bool keepsAll) : IDisposable
{
#pragma warning disable CA2213 // Has no timer and no wait handle; engines that return late still check its token.
    private readonly CancellationTokenSource _ended = new();
#pragma warning restore CA2213
    private readonly List<UserUtterance> _open = [];
    private long _coveredUpTo;

    /// <summary>The current utterance of the user; null between utterances.</summary>
    internal UserUtterance? Current { get; private set; }

    internal void Begin(UserUtterance utterance)
    {
        Current = utterance;
        _open.Add(utterance);
        UpdateKeepFrom();
        try
        {
            utterance.Recognition = recognizer.Start(session.RecognitionRequest(utterance.OnPartial));
            Feed();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fail(utterance, e);
        }
    }

    /// <summary>Passes the audio that is new since the last call to the current utterance.</summary>
    internal void Feed()
    {
        if (Current is not { Recognition: { } recognition } utterance || utterance.FedUpTo >= buffer.End)
            return;
        try
        {
            buffer.Feed(recognition, utterance.FedUpTo, buffer.End);
            utterance.FedUpTo = buffer.End;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fail(utterance, e);
        }
    }

    /// <summary>
    /// Finishes an utterance that has ended. Its text is passed to <see cref="CascadeSession.RecognitionFinished"/>, possibly before this
    /// returns.
    /// </summary>
    internal void Finish(UserUtterance utterance)
    {
        Feed();
        Current = null;
        _coveredUpTo = Math.Max(_coveredUpTo, utterance.To);
        _ = ReadAsync(utterance);
    }

    /// <summary>Ends an utterance without recognizing it: there is nothing in it.</summary>
    internal void Drop(UserUtterance utterance)
    {
        Current = null;
        _coveredUpTo = Math.Max(_coveredUpTo, utterance.To);
        Done(utterance);
    }

    public void Dispose()
    {
        _ = _ended.CancelAsync();
        foreach (var utterance in _open)
            Release(utterance);
        _open.Clear();
    }

    private async Task ReadAsync(UserUtterance utterance)
    {
        var ended = _ended.Token;
        string? text = null;
        try
        {
            text = await FinishAsync(utterance, ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return;
        }
        catch (StageTimeoutException e)
        {
            Log.Failed(session.Model.Logger, recognizer.Name, LogText.Clean(e.Message), null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Failed(session.Model.Logger, recognizer.Name, LogText.Clean(e.Message), e);
            text = await RetryAsync(utterance, ended).ConfigureAwait(false);
            if (ended.IsCancellationRequested)
                return;
        }
        session.RecognitionFinished(utterance, text, this);
    }

    /// <summary>The transcript was reported: the audio of the utterance is no longer needed.</summary>
    internal void Done(UserUtterance utterance)
    {
        _open.Remove(utterance);
        Release(utterance);
        UpdateKeepFrom();
    }

    private async Task<string?> RetryAsync(UserUtterance utterance, CancellationToken ended)
    {
        try
        {
            if (!session.Restart(utterance, Restart))
                return null;
            return await FinishAsync(utterance, ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Failed(session.Model.Logger, recognizer.Name, LogText.Clean(e.Message), e);
            return null;
        }
    }

    private bool Restart(UserUtterance utterance)
    {
        if (buffer.Start > utterance.From)
            return false;
        Release(utterance);
        utterance.Recognition = recognizer.Start(session.RecognitionRequest(partial: null));
        buffer.Feed(utterance.Recognition, utterance.From, Math.Max(utterance.To, utterance.FedUpTo));
        return true;
    }

    private async Task<string> FinishAsync(UserUtterance utterance, CancellationToken ended)
    {
        var recognition = utterance.Recognition ?? throw new SpeechEngineException(
            $"The recognizer {recognizer.Name} could not be started, or failed while it received audio.");
        var timeout = session.Model.Options.RecognitionTimeout;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ended);
        var finishing = recognition.FinishAsync(stop.Token);
        if (finishing.IsCompletedSuccessfully)
            return finishing.Result.Text;
        var task = finishing.AsTask();
        try
        {
            return (await task.WaitAsync(timeout, session.Model.TimeProvider, ended).ConfigureAwait(false)).Text;
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            _ = task.ContinueWith(
                static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw new StageTimeoutException($"recognizer {recognizer.Name}", timeout);
        }
    }

    private void Fail(UserUtterance utterance, Exception exception)
    {
        Log.Failed(session.Model.Logger, recognizer.Name, LogText.Clean(exception.Message), exception);
        Release(utterance);
    }

    private static void Release(UserUtterance utterance)
    {
        if (utterance.Recognition is { } recognition)
            _ = DisposeAsync(recognition);
        utterance.Recognition = null;
    }

    private static async Task DisposeAsync(IRecognition recognition)
    {
        try
        {
            await recognition.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The result is no longer needed, so errors of disposal are ignored.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private void UpdateKeepFrom()
    {
        var from = keepsAll ? _coveredUpTo : long.MaxValue;
        foreach (var utterance in _open)
            from = Math.Min(from, utterance.From);
        buffer.KeepFrom = from;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RecognitionFailed, LogLevel.Warning, "Speech recognition with {Recognizer} failed: {Problem}")]
        public static partial void Failed(ILogger logger, string recognizer, string problem, Exception? exception);
    }
}
