using Microsoft.Extensions.Logging;
using Parley.Cascade.Answering;
using Parley.Speech;

namespace Parley.Cascade.Hearing;

/// <summary>
/// Turns utterances into text: starts the engine with what was heard before the start was noticed, feeds it while the user speaks, and is
/// told what was said. An engine that fails gets the same sound once more, if it is still here; one that stalls does not, because waiting
/// twice is worse than asking the user. Called under the session's lock, but for the waiting.
/// </summary>
internal sealed partial class UtteranceReader(CascadeSession session, ISpeechRecognizer recognizer, KeptAudio sound, bool keepsAll) : IDisposable
{
#pragma warning disable CA2213 // Has no timer and hands out no wait handle; engines that return late still look at its token.
    private readonly CancellationTokenSource _ended = new();
#pragma warning restore CA2213
    private readonly List<HeardUtterance> _open = [];
    private long _coveredUpTo;

    /// <summary>The utterance being spoken.</summary>
    internal HeardUtterance? Current { get; private set; }

    internal void Begin(HeardUtterance utterance)
    {
        Current = utterance;
        _open.Add(utterance);
        Keep();
        try
        {
            utterance.Recognition = recognizer.Start(session.RecognitionRequest(utterance.OnPartial));
            Feed();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Broke(utterance, e);
        }
    }

    /// <summary>Gives the current utterance all that was heard since the last time.</summary>
    internal void Feed()
    {
        if (Current is not { Recognition: { } recognition } utterance || utterance.FedUpTo >= sound.End)
            return;
        try
        {
            sound.Feed(recognition, utterance.FedUpTo, sound.End);
            utterance.FedUpTo = sound.End;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Broke(utterance, e);
        }
    }

    /// <summary>The current utterance is over. Its text comes to <see cref="CascadeSession.Understood"/>, maybe before this returns.</summary>
    internal void Finish(HeardUtterance utterance)
    {
        Feed();
        Current = null;
        _coveredUpTo = Math.Max(_coveredUpTo, utterance.To);
        _ = ReadAsync(utterance);
    }

    public void Dispose()
    {
        _ = _ended.CancelAsync();
        foreach (var utterance in _open)
            Release(utterance);
        _open.Clear();
    }

    private async Task ReadAsync(HeardUtterance utterance)
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
        catch (StageStalledException e)
        {
            Log.Failed(session.Model.Logger, recognizer.Name, e.Message, null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Failed(session.Model.Logger, recognizer.Name, e.Message, e);
            text = await AgainAsync(utterance, ended).ConfigureAwait(false);
            if (ended.IsCancellationRequested)
                return;
        }
        session.Understood(utterance, text, this);
    }

    /// <summary>The utterance was told to the conversation: its sound is not needed any more.</summary>
    internal void Done(HeardUtterance utterance)
    {
        _open.Remove(utterance);
        Release(utterance);
        Keep();
    }

    private async Task<string?> AgainAsync(HeardUtterance utterance, CancellationToken ended)
    {
        try
        {
            if (!session.Start(utterance, Restart))
                return null;
            return await FinishAsync(utterance, ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Failed(session.Model.Logger, recognizer.Name, e.Message, e);
            return null;
        }
    }

    private bool Restart(HeardUtterance utterance)
    {
        if (sound.Start > utterance.From)
            return false;
        Release(utterance);
        utterance.Recognition = recognizer.Start(session.RecognitionRequest(partial: null));
        sound.Feed(utterance.Recognition, utterance.From, Math.Max(utterance.To, utterance.FedUpTo));
        return true;
    }

    private async Task<string> FinishAsync(HeardUtterance utterance, CancellationToken ended)
    {
        var recognition = utterance.Recognition ?? throw new SpeechEngineException($"The recognizer {recognizer.Name} could not be used.");
        var patience = session.Model.Options.RecognitionTimeout;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ended);
        var finishing = recognition.FinishAsync(stop.Token);
        if (finishing.IsCompletedSuccessfully)
            return finishing.Result.Text;
        var task = finishing.AsTask();
        try
        {
            return (await task.WaitAsync(patience, session.Model.TimeProvider, ended).ConfigureAwait(false)).Text;
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            _ = task.ContinueWith(static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw new StageStalledException($"recognizer {recognizer.Name}", patience);
        }
    }

    private void Broke(HeardUtterance utterance, Exception exception)
    {
        Log.Failed(session.Model.Logger, recognizer.Name, exception.Message, exception);
        Release(utterance);
    }

    private static void Release(HeardUtterance utterance)
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
#pragma warning disable CA1031 // What an engine throws on its way out is nobody's concern any more.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private void Keep()
    {
        var from = keepsAll ? _coveredUpTo : long.MaxValue;
        foreach (var utterance in _open)
            from = Math.Min(from, utterance.From);
        sound.KeepFrom = from;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RecognitionFailed, LogLevel.Warning, "Recognition with {Recognizer} failed: {Problem}")]
        public static partial void Failed(ILogger logger, string recognizer, string problem, Exception? exception);
    }
}
