using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Parley.Cascade.Answering;
using Parley.Cascade.Input;
using Parley.Cascade.Metrics;
using Parley.Conversation;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Cascade;

/// <summary>
/// Runs one conversation: passes events of the client, VAD, STT, chat model and TTS to the <see cref="ConversationMachine"/>, and performs
/// its effects. One lock serializes all events; nothing blocks under it, and the result of an effect is fed back only after the event that
/// caused it.
/// </summary>
internal sealed partial class CascadeSession : ILiveModelSession
{
    private readonly ConversationOptions _options;
    private readonly ConversationMachine _machine;
    private readonly SessionTurnMetrics _turns;
    private readonly Speculation? _speculation;
    private readonly Lock _gate = new();
    private readonly long _started;
    private bool _reportedBadPicture;
    private bool _disposed;

    internal CascadeSession(
        CascadeModel model, string sessionId, LiveCaller? caller, ConversationOptions options, ILiveModelOutput output, ConversationState? resumeFrom)
    {
        Model = model;
        Output = output;
        _options = options;
        _started = model.TimeProvider.GetTimestamp();
        _turns = new SessionTurnMetrics(model.Turns, sessionId);
        _machine = new ConversationMachine(options, this, resumeFrom);
        Playback = new PlaybackClock(model.TimeProvider, model.Options.AudioLead);
        Declarations = new FunctionDeclarations(options, sessionId, caller);
        _voice = VoiceOf(options.Setup);
        _addressees = options.Setup.Proactivity?.ProactiveAudio is true && model.Parts.Recognizer is not null
            ? new AddresseeDetector(InstructionOf(options.Setup), model.Options.FollowUpTime)
            : null;
        _speculation = model.SpeculatesAnswers ? new Speculation(this) : null;
        _machine.Started();
    }

    internal CascadeModel Model { get; }

    internal ILiveModelOutput Output { get; }

    internal FunctionDeclarations Declarations { get; }

    internal PlaybackClock Playback { get; }

    internal bool AnswersInText => _machine.AnswersInText;

    private Setup Setup => _options.Setup;

    internal TimeSpan Now => Model.TimeProvider.GetElapsedTime(_started);

    public void Receive(LiveSessionRequest message)
    {
        lock (_gate)
        {
            CheckPictures(message);
            if (message.RealtimeInput?.Text is { Length: > 0 } || message.ClientContent?.TurnComplete is true)
                _turns.Typed(Now);
            if (message.RealtimeInput?.ActivityEnd is not null && _machine.IsUserSpeaking)
                _turns.SpeechEnded(Now, Now);
            // First: what was said before the end of the stream is part of it.
            if (message.RealtimeInput?.AudioStreamEnd is true)
                _input?.End(Now);
            _machine.Receive(message, Now);
            FinishRecognitions();
        }
    }

    public void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz)
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _input ??= OpenInput();
            _input.Accept(pcm, rateHz, Now);
            FinishRecognitions();
        }
    }

    public void MediaSent(in LiveMedia media)
    {
        lock (_gate)
        {
            var now = Now;
            _machine.MediaSent(media.Generation, media.Sequence, now);
            _turns.Sent(media.Generation, IsAudible(media), now);
            // The client drops audio that was cancelled while it was written.
            if (!media.Pcm.IsEmpty && media.Generation > _cancelled)
                _input?.Played(media.Pcm.Span, now);
        }
    }

    public void MediaPlayed(TimeSpan position)
    {
        lock (_gate)
        {
            if (!_disposed)
                _machine.MediaPlayed(position);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Answer? answer;
        Answer? held;
        lock (_gate)
        {
            _disposed = true;
            held = _speculation?.Discard();
            _playbackTimer?.Dispose();
            _recognition?.Dispose();
            _input?.Dispose();
            _inputBuffer?.Dispose();
            _turns.SessionEnded();
            answer = _answer;
            _answer = null;
        }
        if (answer is not null)
            await answer.StopAsync().ConfigureAwait(false);
        if (held is not null)
            await held.StopAsync().ConfigureAwait(false);
    }

    private void Post(Action<ConversationMachine> action)
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            action(_machine);
            FinishRecognitions();
        }
    }

    // Logged once: a camera that sends invalid images sends one every second.
    private void CheckPictures(LiveSessionRequest message)
    {
        if (_reportedBadPicture || !PictureCheck.HasUnreadable(message))
            return;
        _reportedBadPicture = true;
        Log.PictureUnreadable(Model.Logger);
    }

    /// <summary>Whether PCM16 is louder than the noise of silence.</summary>
    internal static bool IsAudible(ReadOnlySpan<byte> pcm) => MemoryMarshal.Cast<byte, short>(pcm).ContainsAnyExceptInRange<short>(-64, 64);

    private static bool IsAudible(in LiveMedia media) => media.Pcm.IsEmpty ? !string.IsNullOrEmpty(media.Text) : IsAudible(media.Pcm.Span);

    private static string? InstructionOf(Setup setup) =>
        setup.SystemInstruction?.Parts is { } parts
            ? string.Join('\n', parts.Where(static part => part.Text is not null).Select(static part => part.Text))
            : null;

    private static partial class Log
    {
        [LoggerMessage(EventIds.CallbackFailed, LogLevel.Error, "Callback of a local session failed; closing with 1011")]
        public static partial void CallbackFailed(ILogger logger, Exception exception);

        [LoggerMessage(EventIds.InputIgnored, LogLevel.Debug, "Ignored {What}")]
        public static partial void Ignored(ILogger logger, string what);

        [LoggerMessage(
            EventIds.PictureUnreadable, LogLevel.Warning,
            "Invalid image from the client; the chat model is told. Further ones of this session are not logged")]
        public static partial void PictureUnreadable(ILogger logger);
    }
}
