using Parley.Cascade.Answering;
using Parley.Cascade.Input;
using Parley.Conversation;
using Parley.Protocol;
using Parley.Protocol.Internal;
using Parley.Server;

namespace Parley.Cascade;

/// <summary>Effects of the conversation machine. Called during an event: they record or start work, and never call the machine.</summary>
internal sealed partial class CascadeSession : IConversationEffects
{
    private ITimer? _playbackTimer;

    void IConversationEffects.Send(LiveSessionResponse message)
    {
        if (message.ServerContent is { } content)
            Note(content);
        Output.Send(Model.Options.ProfanityFilter == ProfanityFilter.All ? Masked(message) : message);
    }

    private static LiveSessionResponse Masked(LiveSessionResponse message) =>
        message.ServerContent is { InputTranscription: { Text: { } heard } transcription } content
            ? message with { ServerContent = content with { InputTranscription = transcription with { Text = ProfanityMask.Apply(heard) } } }
            : message;

    void IConversationEffects.SendMedia(int generation, long sequence, ReadOnlyMemory<byte> pcm, string? text)
    {
        _turns.Queued(generation);
        Output.SendMedia(new LiveMedia(generation, sequence, pcm, text));
    }

    void IConversationEffects.StartGeneration(GenerationRequest request)
    {
        _turns.GenerationStarted(request.Generation, Now);
        _runningGeneration = request.Generation;
        if (_speculation?.TryTake(request, out var marks) is { } prepared)
        {
            _answer = prepared;
            foreach (var (mark, at) in marks)
                _turns.Mark(request.Generation, mark, at);
            return;
        }
        _answer = new Answer(this, request);
        _answer.Start();
    }

    void IConversationEffects.CancelGeneration(int generation)
    {
        _cancelled = generation;
        _answer?.Cancel();
        Output.CancelMedia(generation);
    }

    void IConversationEffects.StartRecognition(int utterance, long fromSample) => BeginUtterance(utterance, fromSample);

    void IConversationEffects.FinishRecognition(int utterance, long toSample) => EndUtterance(toSample);

    void IConversationEffects.SetPlaybackTimer(TimeSpan due)
    {
        _playbackTimer ??= Model.TimeProvider.CreateGuardedTimer(
            this, static session => session.OnPlaybackTimer(), static (session, e) => session.CallbackFailed(e));
        _playbackTimer.Change(due, Timeout.InfiniteTimeSpan);
    }

    void IConversationEffects.Checkpoint(ConversationState? state) => Output.Checkpoint(state);

    void IConversationEffects.Ignored(string what) => Log.Ignored(Model.Logger, LogText.Clean(what));

    void IConversationEffects.Close(int code, string reason) => Output.Close(new LiveClose(code, reason));

    /// <summary>Ends the session after an exception on a thread that has no caller.</summary>
    internal void CallbackFailed(Exception exception)
    {
        Log.CallbackFailed(Model.Logger, exception);
        Output.Close(LiveClose.Internal);
    }

    private void OnPlaybackTimer() => Post(machine => machine.PlaybackEnded(Now));

    private void Note(ServerContent content)
    {
        if (content.Interrupted is true)
        {
            _turns.Interrupted(Now);
            Playback.Stop();
            _input?.PlaybackStopped(Now);
        }
        if (content.TurnComplete is true)
        {
            // A turn with a reason had no answer.
            if (content.TurnCompleteReason is null)
                _answeredAt = Now;
            _turns.TurnCompleted(answerRuns: _runningGeneration != 0, Now);
        }
    }
}
