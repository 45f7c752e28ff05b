using System.Threading.Channels;
using Parley.Audio;
using Parley.Client;
using Parley.Protocol;
using Parley.Protocol.Internal;
using Parley.Testing.Scenarios;

namespace Parley.Testing.Evaluation.Calling;

/// <summary>
/// One call: sends a frame of the microphone every 20 ms, plays what comes, and records both sides on one clock. The schedule is absolute, so that a late timer
/// does not slow the call down.
/// </summary>
internal sealed class CallerRun : IDisposable
{
    internal const int FrameSamples = 320;

    /// <summary>A call never lasts longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>Frames that the server has not read; more is a failure of the call.</summary>
    private const int MaxQueuedFrames = 500;

    internal static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly EvaluationCall _call;
    private readonly TimeProvider _time;
    private readonly Loudspeaker _loudspeaker;
    private readonly CallerSteps _steps;
    private readonly List<(TimeSpan Start, short[] Samples)> _user = [];
    private readonly List<EvaluationEvent> _events = [];
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<byte[]> _frames =
        Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MaxQueuedFrames) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly ITimer _timer;
    private long _start, _step;
    private TimeSpan _lateness;
    private string? _failure;

    internal CallerRun(EvaluationCall call, IReadOnlyList<ScriptStep> script, LiveEvaluationOptions options, TimeProvider time)
    {
        (_call, _time) = (call, time);
        _loudspeaker = new Loudspeaker(options.SpeechThresholdDb);
        _steps = new CallerSteps(script, _loudspeaker, options.AnswerTimeout);
        _timer = time.CreateGuardedTimer(this, static run => run.Tick(), static (run, e) => run._over.TrySetException(e));
    }

    /// <summary>Runs the call on an open session.</summary>
    internal async Task<EvaluationRecording> RunAsync(LiveSession session, CancellationToken cancellationToken)
    {
        using var endCts = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var hearing = HearAsync(session, endCts.Token);
        var speaking = SpeakAsync(session, endCts.Token);
        lock (_gate)
        {
            _start = _time.GetTimestamp();
            Arm();
        }
        try
        {
            await _over.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                End(null);
            await endCts.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(hearing, speaking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        lock (_gate)
            return Record();
    }

    public void Dispose() => _timer.Dispose();

    private TimeSpan Elapsed => _time.GetElapsedTime(_start);

    private void Tick()
    {
        lock (_gate)
        {
            if (_over.Task.IsCompleted)
                return;
            while (!_over.Task.IsCompleted && (_step + 1) * Frame <= Elapsed)
            {
                _step++;
                var late = Elapsed - (_step * Frame);
                _lateness = late > _lateness ? late : _lateness;
                Send((_step - 1) * Frame);
            }
            Arm();
        }
    }

    // The frame that began at this time is complete, and is sent.
    private void Send(TimeSpan began)
    {
        var frame = new byte[FrameSamples * 2];
        if (_steps.Next(began) is { } spoken)
        {
            Pcm.ToBytes(spoken.Step.Sent.AsSpan(spoken.Position, FrameSamples), frame);
            if (spoken.Position == 0)
                _user.Add((began, spoken.Step.Recorded));
        }
        if (!_frames.Writer.TryWrite(frame))
            End("The server does not read: 10 s of audio are waiting to be sent.");
        else if (_steps.IsOver)
            End(null);
        else if (began > Longest)
            End($"The call lasted {Longest.TotalMinutes:0} minutes.");
    }

    private void Arm()
    {
        if (_over.Task.IsCompleted)
            return;
        var due = ((_step + 1) * Frame) - Elapsed;
        _timer.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    // Under the gate.
    private void End(string? failure)
    {
        if (_over.TrySetResult())
            _failure = failure;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _frames.Writer.TryComplete();
    }

    private async Task SpeakAsync(LiveSession session, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var frame in _frames.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                await session.SendAudioAsync(frame, AudioFormat.InputRateHz, cancellationToken).ConfigureAwait(false);
        }
        catch (LiveException e)
        {
            lock (_gate)
                End(e.Message);
        }
    }

    private async Task HearAsync(LiveSession session, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var update in session.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                lock (_gate)
                    Handle(update, Elapsed);
            }
        }
        catch (Exception e) when (e is LiveException or FormatException)
        {
            lock (_gate)
                End(e.Message);
        }
    }

    private void Handle(LiveUpdate update, TimeSpan now)
    {
        switch (update)
        {
            case AudioUpdate audio:
                _loudspeaker.Play(Rates.Convert(Pcm.ToSamples(audio.Pcm.Span), audio.RateHz, AudioFormat.OutputRateHz), now);
                break;
            case InterruptedUpdate:
                _loudspeaker.Cut(now);
                _events.Add(new(now, EvaluationEventKind.Interrupted));
                break;
            case InputTranscriptUpdate { Text.Length: > 0 } heard:
                _events.Add(new(now, EvaluationEventKind.InputTranscript, heard.Text));
                break;
            case OutputTranscriptUpdate { Text.Length: > 0 } said:
                _events.Add(new(now, EvaluationEventKind.OutputTranscript, said.Text));
                break;
            case TextUpdate { Text.Length: > 0 } written:
                _events.Add(new(now, EvaluationEventKind.OutputTranscript, written.Text));
                break;
            case TurnCompleteUpdate:
                _steps.TurnCompleted(now);
                _events.Add(new(now, EvaluationEventKind.TurnComplete));
                break;
            case SessionEndedUpdate { End: var end }:
                End($"The session ended: {end}");
                break;
            default:
                break;
        }
    }

    private EvaluationRecording Record()
    {
        var length = _step * Frame;
        var user = new short[PcmFormat.Hz24000.SamplesIn(length)];
        foreach (var (start, samples) in _user)
        {
            var at = (int)PcmFormat.Hz24000.SamplesIn(start);
            samples.AsSpan(0, Math.Min(samples.Length, user.Length - at)).CopyTo(user.AsSpan(at));
        }
        return new EvaluationRecording
        {
            Name = _call.Name,
            Audio = new StereoRecording(AudioFormat.OutputRateHz, user, _loudspeaker.Record(length)),
            Utterances = _steps.Uttered,
            Events = [.. _events],
            Failure = _failure,
            Lateness = _lateness,
        };
    }
}
