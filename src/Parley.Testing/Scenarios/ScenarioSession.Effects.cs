using Parley.Conversation;
using Parley.Protocol;
using Parley.Protocol.Internal;
using Parley.Server;

namespace Parley.Testing.Scenarios;

/// <summary>Audio in, and the effects of the conversation. Everything here runs under the lock.</summary>
internal sealed partial class ScenarioSession : IConversationEffects
{
    /// <summary>After this much longer than the silence window without audio, the user has stopped.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly ScenarioInput _input;
    private readonly Queue<(int Number, long To)> _ended = [];
    private ITimer? _silence, _playback;
    private long _spokenFrom;

    public void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz)
    {
        // The span is valid during this call only, and Post runs at once.
        byte[] copy = [.. pcm];
        Post(() =>
        {
            var added = _input.Add(copy, rateHz).ToArray();
            _machine.AudioArrived(added.Length / 2);
            if (_machine.HasManualActivity)
                return;
            _input.Detector.Process(added, Started, Ended);
            if (_input.Detector.IsSpeaking)
                (_silence ??= NewTimer(() => _input.Detector.End(Ended))).Change(_input.Silence + Grace, Timeout.InfiniteTimeSpan);
            else if (!_machine.IsUserSpeaking && _ended.Count == 0)
                _input.Forget(_input.Position);
        });
    }

    void IConversationEffects.Send(LiveSessionResponse message)
    {
        if (message.ToolCall is { FunctionCalls: { } calls } && _calling is not null)
            _issued = [.. calls.Select(static call => call.Id!)];
        if (message.ToolCallCancellation is { Ids: { } cancelled })
            _waiting.RemoveAll(reply => cancelled.Any(reply.WaitsFor));
        // Audio whose words nobody knows has no transcription.
        if (message.ServerContent?.InputTranscription?.Text != ScenarioInput.NoWords)
            Output.Send(message);
    }

    void IConversationEffects.SendMedia(int generation, long sequence, ReadOnlyMemory<byte> pcm, string? text) =>
        Output.SendMedia(new LiveMedia(generation, sequence, pcm, text));

    void IConversationEffects.StartGeneration(GenerationRequest request) => _starts.Enqueue(request);

    void IConversationEffects.CancelGeneration(int generation)
    {
        _running?.Cancel();
        Output.CancelMedia(generation);
    }

    void IConversationEffects.StartRecognition(int utterance, long fromSample) => _spokenFrom = fromSample;

    void IConversationEffects.FinishRecognition(int utterance, long toSample) => _ended.Enqueue((utterance, toSample));

    void IConversationEffects.SetPlaybackTimer(TimeSpan due) =>
        (_playback ??= NewTimer(() => _machine.PlaybackEnded(Now))).Change(due, Timeout.InfiniteTimeSpan);

    void IConversationEffects.Checkpoint(ConversationState? state) => Output.Checkpoint(state is null ? null : new ScenarioCheckpoint(state, _turns));

    void IConversationEffects.Ignored(string what)
    {
    }

    void IConversationEffects.Close(int code, string reason) => Output.Close(new LiveClose(code, reason));

    private void Started(long sample)
    {
        _machine.SpeechStarted(sample, Now);
        Prompt(RuleTrigger.SpeechStarted);
    }

    private void Ended(long sample)
    {
        _silence?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _machine.SpeechEnded(sample);
    }

    private void FinishUtterances()
    {
        while (_ended.TryDequeue(out var utterance))
        {
            var pcm = _input.Slice(_spokenFrom, utterance.To, withPreRoll: !_machine.HasManualActivity);
            var words = pcm.Length == 0 ? "" : _model.Options.Recognize?.Invoke(pcm) ?? ScenarioInput.NoWords;
            if (pcm.Length > 0)
                _input.AddUtterance(pcm, words);
            _machine.Recognized(utterance.Number, words, Now);
        }
    }

    private ITimer NewTimer(Action action) =>
        _model.Time.CreateGuardedTimer(this, session => session.Post(action), static (session, e) => session.Fail($"A timer failed: {e}"));
}
