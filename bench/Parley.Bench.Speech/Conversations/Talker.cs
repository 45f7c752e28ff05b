using System.Runtime.InteropServices;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Bench.Speech.Conversations;

/// <summary>
/// A user with an open microphone: asks, listens to the whole answer in real time, waits a second, asks again. Audio is sent in 20 ms
/// chunks, 20 ms apart.
/// </summary>
internal sealed class Talker(LiveSession session, IReadOnlyList<short[]> questions, int first, TimeSpan silence)
{
    private const int Frame = 320;

    private static readonly TimeSpan FrameLength = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private long _speechEnded;
    private double _answerSeconds;
    private long _firstAudio, _firstAudible;
    private bool _complete;

    /// <summary>Time from the end of the silence window to the first audio of the answer, in milliseconds, for each turn.</summary>
    internal List<double> Delays { get; } = [];

    /// <summary>The same to the first audible sample, if playback starts with the first audio.</summary>
    internal List<double> AudibleDelays { get; } = [];

    internal int Missed { get; private set; }

    internal static LiveSetup Setup(TimeSpan silence) => new()
    {
        Model = "gemini-3.8-live",
        InputTranscription = true,
        OutputTranscription = true,
        RealtimeInput = new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { SilenceDurationMs = (int)silence.TotalMilliseconds } },
    };

    internal async Task TalkAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listening = ListenAsync(end.Token);
        var until = TimeProvider.System.GetTimestamp() + (long)(time.TotalSeconds * TimeProvider.System.TimestampFrequency);
        using var clock = new PeriodicTimer(FrameLength);
        for (var turn = first; TimeProvider.System.GetTimestamp() < until; turn++)
            await AskAsync(questions[turn % questions.Count], clock, cancellationToken);
        await end.CancelAsync();
        await listening;
    }

    private async Task AskAsync(short[] question, PeriodicTimer clock, CancellationToken cancellationToken)
    {
        lock (_lock)
            (_speechEnded, _firstAudio, _firstAudible, _answerSeconds, _complete) = (0, 0, 0, 0, false);
        await SendAsync(question, clock, cancellationToken);
        var ended = TimeProvider.System.GetTimestamp();
        lock (_lock)
            _speechEnded = ended;

        // Send silence while the answer arrives and plays, and one second longer.
        var quiet = new short[Frame];
        while (!HasHeardAll(ended, out var failed))
        {
            if (failed)
            {
                Missed++;
                return;
            }
            await SendAsync(quiet, clock, cancellationToken);
        }
        lock (_lock)
        {
            Delays.Add(TimeProvider.System.GetElapsedTime(_speechEnded, _firstAudio).TotalMilliseconds - silence.TotalMilliseconds);
            AudibleDelays.Add(TimeProvider.System.GetElapsedTime(_speechEnded, _firstAudible).TotalMilliseconds - silence.TotalMilliseconds);
        }
    }

    private bool HasHeardAll(long since, out bool failed)
    {
        lock (_lock)
        {
            failed = _firstAudio == 0 && TimeProvider.System.GetElapsedTime(since) > Patience;
            return _firstAudio > 0 && _complete && TimeProvider.System.GetElapsedTime(_firstAudio).TotalSeconds > _answerSeconds + 1;
        }
    }

    private static TimeSpan? AudibleAt(ReadOnlySpan<byte> pcm) =>
        MemoryMarshal.Cast<byte, short>(pcm).IndexOfAnyExceptInRange<short>(-150, 150) is var at and >= 0 ? TimeSpan.FromSeconds(at / 24_000.0) : null;

    private async Task SendAsync(short[] sound, PeriodicTimer clock, CancellationToken cancellationToken)
    {
        var bytes = new byte[Frame * sizeof(short)];
        foreach (var frame in sound.Chunk(Frame))
        {
            Buffer.BlockCopy(frame, 0, bytes, 0, frame.Length * sizeof(short));
            await clock.WaitForNextTickAsync(cancellationToken);
            await session.SendAudioAsync(bytes.AsMemory(0, frame.Length * sizeof(short)), cancellationToken: CancellationToken.None);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var update in session.ReadAllAsync(cancellationToken))
            {
                lock (_lock)
                {
                    if (update is AudioUpdate audio)
                    {
                        // Leading silence of a chunk is played before its first audible sample.
                        _firstAudible = _firstAudible == 0 && _speechEnded > 0 && AudibleAt(audio.Pcm.Span) is { } at
                            ? TimeProvider.System.GetTimestamp() + (long)(at.TotalSeconds * TimeProvider.System.TimestampFrequency)
                            : _firstAudible;
                        _firstAudio = _firstAudio == 0 && _speechEnded > 0 ? TimeProvider.System.GetTimestamp() : _firstAudio;
                        _answerSeconds += audio.Duration.TotalSeconds;
                    }
                    _complete |= update is TurnCompleteUpdate && _firstAudio > 0;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The measurement has ended.
        }
    }
}
