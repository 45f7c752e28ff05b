using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Assistant;
using Parley.Cascade;
using Parley.Protocol;
using Parley.Server;
using Parley.Speech;

namespace Parley.Bench.Speech.Interruptions;

/// <summary>
/// A session of the cascade in virtual time: an answer that plays from the first sample of a scene on, and a microphone. Audio reaches the
/// client two seconds before it plays, as from a server; the microphone sends 20 ms at a time. The same on any machine.
/// </summary>
internal sealed class VirtualSession : ILiveModelOutput, IAsyncDisposable
{
    private const int Frame = 320;

    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(2);

    private readonly ManualTime _time = new();
    private readonly Queue<LiveMedia> _unsent = [];
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ILiveModelSession? _session;

    private bool IsInterrupted { get; set; }

    /// <summary>Plays an answer and listens to a scene.</summary>
    /// <returns>Samples heard until <c>interrupted</c>; null if the answer was not interrupted.</returns>
    internal static async Task<int?> ListenAsync(IVoiceActivityDetectors detectors, byte[] answer, Interruption scene, int? prefixPaddingMs, CancellationToken cancellationToken)
    {
        await using var session = new VirtualSession();
        await session.StartAsync(detectors, answer, prefixPaddingMs, cancellationToken);
        return session.Listen(scene.Sound);
    }

    public void Send(LiveSessionResponse message)
    {
        IsInterrupted |= message.ServerContent?.Interrupted is true;
        if (message.ServerContent?.TurnComplete is true)
            _complete.TrySetResult();
    }

    public void Send(WireMessage message) => throw new NotSupportedException("The cascade sends no encoded messages.");

    public void SendMedia(in LiveMedia media) => _unsent.Enqueue(media);

    public void CancelMedia(int generation) => _unsent.Clear();

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Checkpoint(object? state)
    {
    }

    public void Close(LiveClose close) => _complete.TrySetException(new InvalidOperationException(close.Reason));

    public ValueTask DisposeAsync() => _session?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task StartAsync(IVoiceActivityDetectors detectors, byte[] answer, int? prefixPaddingMs, CancellationToken cancellationToken)
    {
        var parts = new CascadeParts { ChatModel = new RuleBasedChatClient(_time), Synthesizer = new Recorded(answer), Detectors = detectors };
        var options = new CascadeOptions { AudioLead = TimeSpan.FromDays(1) };
        var model = new CascadeModel(parts, options, _time, NullLogger<CascadeModel>.Instance);
        var setup = new Setup
        {
            Model = "models/gemini-live",
            RealtimeInputConfig = new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { PrefixPaddingMs = prefixPaddingMs } },
        };
        _session = await model.StartAsync(
            new LiveModelStart { SessionId = "bench", ConnectionId = "bench", Setup = setup, Profile = LiveModelProfiles.Unknown }, this, cancellationToken);
        // The microphone is open before the answer starts.
        Hear(new short[Frame]);
        _session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Text = "hello" } });
        await _complete.Task.WaitAsync(cancellationToken);
    }

    private int? Listen(short[] sound)
    {
        var playedUpTo = _time.Now;
        for (var at = 0; at < sound.Length; at += Frame)
        {
            while (_unsent.TryPeek(out var media) && playedUpTo - Lead <= _time.Now)
            {
                _unsent.Dequeue();
                playedUpTo += PcmFormat.Hz24000.DurationOfBytes(media.Pcm.Length);
                _session!.MediaSent(media);
            }
            Hear(sound.AsSpan(at, Math.Min(Frame, sound.Length - at)));
            if (IsInterrupted)
                return Math.Min(at + Frame, sound.Length);
        }
        return null;
    }

    private void Hear(ReadOnlySpan<short> samples)
    {
        _time.Advance(PcmFormat.Hz16000.DurationOf(samples.Length));
        _session!.ReceiveAudio(Pcm.ToBytes(samples), 16_000);
    }

    private sealed class Recorded(byte[] sound) : ISpeechSynthesizer
    {
        private int _texts;

        public string Name => "recorded";

        public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(
            string text, SpeechVoice voice, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            if (Interlocked.Increment(ref _texts) > 1)
                yield break;
            foreach (var chunk in sound.Chunk(4_800))
                yield return chunk;
        }
    }

    /// <summary>Time that moves with the audio; timers are never due.</summary>
    private sealed class ManualTime : TimeProvider
    {
        internal TimeSpan Now { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        internal void Advance(TimeSpan time) => Now += time;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

        private sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
