using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Parley.Cascade.Answering;
using Parley.Cascade.Hearing;
using Parley.Cascade.Metrics;
using Parley.Conversation;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Cascade;

/// <summary>
/// Runs one conversation: feeds the machine with what the client, the detector, the recognizer, the brain and the voice do, and performs its
/// effects. One lock is the mailbox; nothing under it blocks, and what an effect answers is fed back only after the event that caused it.
/// </summary>
internal sealed partial class CascadeSession : ILiveModelSession
{
    private readonly ConversationOptions _options;
    private readonly ConversationMachine _machine;
    private readonly SessionTurnMetrics _turns;
    private readonly Lock _gate = new();
    private readonly long _started;
    private bool _toldOfBadPicture;
    private bool _disposed;

    internal CascadeSession(CascadeModel model, string sessionId, ConversationOptions options, ILiveModelOutput output, ConversationState? resumeFrom)
    {
        Model = model;
        Output = output;
        _options = options;
        _started = model.TimeProvider.GetTimestamp();
        _turns = new SessionTurnMetrics(model.Turns, sessionId);
        _machine = new ConversationMachine(options, this, resumeFrom);
        Playback = new Playback(model.TimeProvider, model.Options.AudioLead);
        Declarations = new FunctionDeclarations(options);
        _voice = VoiceOf(options.Setup);
        _addresses = options.Setup.Proactivity?.ProactiveAudio is true && model.Parts.Recognizer is not null
            ? new AddresseeDetector(InstructionOf(options.Setup), model.Options.FollowUpTime)
            : null;
        _machine.Started();
    }

    internal CascadeModel Model { get; }

    internal ILiveModelOutput Output { get; }

    internal FunctionDeclarations Declarations { get; }

    internal Playback Playback { get; }

    internal bool AnswersInText => _machine.AnswersInText;

    private Setup Setup => _options.Setup;

    private TimeSpan Now => Model.TimeProvider.GetElapsedTime(_started);

    public void Receive(LiveSessionRequest message)
    {
        lock (_gate)
        {
            Look(message);
            if (message.RealtimeInput?.Text is { Length: > 0 } || message.ClientContent?.TurnComplete is true)
                _turns.Typed(Now);
            if (message.RealtimeInput?.ActivityEnd is not null && _machine.IsUserSpeaking)
                _turns.SpeechEnded(Now, Now);
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
            if (_disposed)
                return;
            _microphone ??= OpenMicrophone();
            _microphone.Accept(pcm, rateHz, Now);
            Settle();
        }
    }

    public void MediaSent(in LiveMedia media)
    {
        lock (_gate)
        {
            var now = Now;
            _machine.MediaSent(media.Generation, media.Sequence, now);
            _turns.Sent(media.Generation, IsAudible(media), now);
            // What was cancelled while it was written is dropped by the client at once.
            if (!media.Pcm.IsEmpty && media.Generation > _cancelled)
                _microphone?.Played(media.Pcm.Span, now);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Answer? answer;
        lock (_gate)
        {
            _disposed = true;
            _playbackTimer?.Dispose();
            _reader?.Dispose();
            _microphone?.Dispose();
            _sound?.Dispose();
            _turns.SessionEnded();
            answer = _answer;
            _answer = null;
        }
        if (answer is not null)
            await answer.StopAsync().ConfigureAwait(false);
    }

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

    // Said once: a camera that sends rubbish sends it every second.
    private void Look(LiveSessionRequest message)
    {
        if (_toldOfBadPicture || !Pictures.HasUnreadable(message))
            return;
        _toldOfBadPicture = true;
        Log.PictureUnreadable(Model.Logger);
    }

    /// <summary>Whether PCM16 is more than the hiss of silence.</summary>
    internal static bool IsAudible(ReadOnlySpan<byte> pcm) => MemoryMarshal.Cast<byte, short>(pcm).ContainsAnyExceptInRange<short>(-64, 64);

    private static bool IsAudible(in LiveMedia media) => media.Pcm.IsEmpty ? !string.IsNullOrEmpty(media.Text) : IsAudible(media.Pcm.Span);

    private static string? InstructionOf(Setup setup) =>
        setup.SystemInstruction?.Parts is { } parts ? string.Join('\n', parts.Where(static part => part.Text is not null).Select(static part => part.Text)) : null;

    private static partial class Log
    {
        [LoggerMessage(EventIds.InputIgnored, LogLevel.Debug, "Ignored {What}")]
        public static partial void Ignored(ILogger logger, string what);

        [LoggerMessage(EventIds.PictureUnreadable, LogLevel.Warning, "A client sent a picture that is none; the brain is told so. Further ones of this session are not reported")]
        public static partial void PictureUnreadable(ILogger logger);
    }
}
