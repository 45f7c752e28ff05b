using Microsoft.Extensions.Logging;
using Parley.Conversation;
using Parley.Protocol;
using Parley.Speech;

namespace Parley.Server.Cascade;

/// <summary>
/// Runs one conversation: feeds the machine with what the client, the detector, the brain and the voice do, and performs its effects.
/// One lock is the mailbox; nothing under it blocks, and what an effect answers is fed back only after the event that caused it.
/// </summary>
internal sealed partial class CascadeSession : ILiveModelSession, IConversationEffects
{
    private readonly CascadeModel _model;
    private readonly ILiveModelOutput _output;
    private readonly ConversationOptions _options;
    private readonly ConversationMachine _machine;
    private readonly Lock _gate = new();
    private readonly long _started;

    private Microphone? _microphone;
    private Answer? _answer;
    private ITimer? _playbackTimer;
    private (int Utterance, long From, long To)? _recognized;
    private (int Utterance, long From) _speaking;
    private bool _disposed;

    internal CascadeSession(CascadeModel model, ConversationOptions options, ILiveModelOutput output, ConversationState? resumeFrom)
    {
        _model = model;
        _output = output;
        _options = options;
        _started = model.TimeProvider.GetTimestamp();
        _machine = new ConversationMachine(options, this, resumeFrom);
        Voice = VoiceOf(options.Setup);
        Declarations = new FunctionDeclarations(options);
        _machine.Started();
    }

    internal SpeechVoice Voice { get; }

    internal Setup Setup => _options.Setup;

    internal FunctionDeclarations Declarations { get; }

    internal bool AnswersInText => _machine.AnswersInText;

    internal CascadeModel Model => _model;

    internal ILiveModelOutput Output => _output;

    private TimeSpan Now => _model.TimeProvider.GetElapsedTime(_started);

    public void Receive(LiveSessionRequest message)
    {
        lock (_gate)
        {
            _machine.Receive(message, Now);
            if (message.RealtimeInput?.AudioStreamEnd is true)
                _microphone?.End(Now);
            Settle();
        }
    }

    public void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz)
    {
        lock (_gate)
        {
            _microphone ??= new Microphone(_machine, Setup.RealtimeInputConfig?.AutomaticActivityDetection);
            _microphone.Accept(pcm, rateHz, Now);
            Settle();
        }
    }

    public void MediaSent(in LiveMedia media)
    {
        lock (_gate)
            _machine.MediaSent(media.Generation, media.Sequence, Now);
    }

    public async ValueTask DisposeAsync()
    {
        Answer? answer;
        lock (_gate)
        {
            _disposed = true;
            _playbackTimer?.Dispose();
            _microphone?.Dispose();
            answer = _answer;
            _answer = null;
        }
        if (answer is not null)
            await answer.StopAsync().ConfigureAwait(false);
    }

    // For every chunk, so without the closure of the others.
    internal void Said(int generation, ReadOnlyMemory<byte> pcm, string? text)
    {
        lock (_gate)
        {
            if (!_disposed)
                _machine.Said(generation, pcm, text, Now);
        }
    }

    internal void Thought(int generation, string text) => Post(machine => machine.Thought(generation, text));

    internal void Called(int generation, IReadOnlyList<FunctionCall> calls) => Post(machine => machine.Called(generation, calls, Now));

    internal void Finished(int generation) => Post(machine => machine.Finished(generation, Now));

    internal void Failed(int generation, Exception exception)
    {
        Log.AnswerFailed(_model.Logger, exception);
        Post(machine => machine.Finished(generation, Now));
    }

    void IConversationEffects.Send(LiveSessionResponse message) => _output.Send(message);

    void IConversationEffects.SendMedia(int generation, long sequence, ReadOnlyMemory<byte> pcm, string? text) =>
        _output.SendMedia(new LiveMedia(generation, sequence, pcm, text));

    void IConversationEffects.StartGeneration(GenerationRequest request)
    {
        _answer = new Answer(this, request);
        _answer.Start();
    }

    void IConversationEffects.CancelGeneration(int generation)
    {
        _answer?.Cancel();
        _output.CancelMedia(generation);
    }

    void IConversationEffects.StartRecognition(int utterance, long fromSample) => _speaking = (utterance, fromSample);

    void IConversationEffects.FinishRecognition(int utterance, long toSample) => _recognized = (utterance, _speaking.From, toSample);

    void IConversationEffects.SetPlaybackTimer(TimeSpan due)
    {
        _playbackTimer ??= _model.TimeProvider.CreateTimer(
            static state => ((CascadeSession)state!).OnPlaybackTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _playbackTimer.Change(due, Timeout.InfiniteTimeSpan);
    }

    void IConversationEffects.Checkpoint(ConversationState? state) => _output.Checkpoint(state);

    void IConversationEffects.Ignored(string what) => Log.Ignored(_model.Logger, what);

    void IConversationEffects.Close(int code, string reason) => _output.Close(new LiveClose(code, reason));

    private void OnPlaybackTimer() => Post(machine => machine.PlaybackEnded(Now));

    private void Post(Action<ConversationMachine> happening)
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            happening(_machine);
            Settle();
        }
    }

    // There is no recogniser yet: what was said is told by how long it took.
    private void Settle()
    {
        while (_recognized is { } heard)
        {
            _recognized = null;
            _machine.Recognized(heard.Utterance, SpokenDuration.Describe(heard.To - heard.From), Now);
        }
    }

    private static SpeechVoice VoiceOf(Setup setup) =>
        setup.GenerationConfig?.SpeechConfig?.VoiceConfig?.PrebuiltVoiceConfig?.VoiceName is { Length: > 0 } name && VoiceCatalog.TryGet(name, out var voice)
            ? voice
            : VoiceCatalog.Default;

    private static partial class Log
    {
        [LoggerMessage(EventIds.AnswerFailed, LogLevel.Warning, "The brain or the voice failed; the turn ends")]
        public static partial void AnswerFailed(ILogger logger, Exception exception);

        [LoggerMessage(EventIds.InputIgnored, LogLevel.Debug, "Ignored {What}")]
        public static partial void Ignored(ILogger logger, string what);
    }
}
