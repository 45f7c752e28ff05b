using System.Buffers;
using Parley.Conversation;
using Parley.Protocol;
using Parley.Protocol.Internal;
using Parley.Speech.Activity;
using Parley.Speech.Activity.Silero;
using Parley.Speech.TurnTaking;

namespace Parley.Cascade.Input;

/// <summary>
/// Input audio of a session: resampled to 16 kHz, counted, buffered for the recognizer, and passed to the voice activity detector unless
/// the client marks its activity itself. Activity that is an echo of our own output is ignored.
/// <code>
/// silent -> speaking -> silent
/// silent -> suspected echo -> silent, or speaking if it turns out to be speech
/// </code>
/// Silence is counted in samples, so that audio that arrives late or in bursts is not cut. A client that stops sending ends the activity
/// too: see <see cref="StallDeadline"/>.
/// </summary>
internal sealed class AudioInput : IDisposable
{
    // Audio is processed in slices, so that one large message gives the same result as many small ones.
    private const int SliceSamples = 1_600;

    // A suspected echo is checked again this often. It is speech after two checks without an echo, because our own output has pauses too.
    private const int EchoRecheckSamples = 1_280;
    private const int MissesToConfirm = 2;

    // Speech that was suspected as an echo starts at most this far back; over an echo, it was noticed at once.
    private const int ConfirmedSamples = 8_000;
    private const int TalkedOverSamples = 3_200;

    // Slices in a row that are louder than the echo.
    private const int TalksToConfirm = 2;

    // A network may hold audio back this long. Retransmission after a lost packet takes a few hundred milliseconds.
    private static readonly TimeSpan StallGrace = TimeSpan.FromSeconds(1);

    private readonly ConversationMachine _machine;
    private readonly CascadeSession _session;
    private readonly AudioRingBuffer _buffer;
    private readonly ActivitySegmenter? _segmenter;
    private readonly long _prefix;
    private readonly TurnEnd? _turnEnd;
    private readonly TimeSpan _silence;
    private readonly bool _mayStartByEvidence;
    private Resampler? _resampler;
    private EchoDetector? _echo;
    private long? _echoSuspectFrom;
    private long _recheckEchoAt;
    private int _misses;
    private int _talks;
    private long _speechFrom;
    private TimeSpan? _lastArrival;
    private TimeSpan _cadence;
    private ITimer? _stallTimer;
    private TimeSpan _stallTimerDue;

    internal AudioInput(ConversationMachine machine, CascadeSession session, AudioRingBuffer buffer, AutomaticActivityDetection? detection)
    {
        (_machine, _session, _buffer) = (machine, session, buffer);
        if (machine.HasManualActivity)
            return;
        var settings = SettingsOf(detection);
        (_silence, _prefix) = (settings.SilenceDuration, PcmFormat.Hz16000.SamplesIn(settings.PrefixPadding));
        var mayShorten = detection?.SilenceDurationMs is null || session.Model.Options.ShortenClientSilence;
        _turnEnd = TurnEnd.Create(session.Model, new EndpointingPolicy(_silence, mayShorten));
        var detector = session.Model.Parts.Detectors?.Create() ?? new EnergyVoiceActivityDetector();
        // A client that says how much speech is a start means it. What a probability is worth is known of this detector only.
        _mayStartByEvidence = detection?.PrefixPaddingMs is null && settings.StartSensitivity == ActivitySensitivity.High
            && detector is SileroVoiceActivityDetector;
        _segmenter = new ActivitySegmenter(detector, settings);
    }

    /// <summary>Speech so far in the current activity.</summary>
    internal TimeSpan SpokenFor => _segmenter is null ? TimeSpan.MaxValue : LengthTo(_segmenter.SpeechEnd);

    internal void Accept(ReadOnlySpan<byte> pcm, int rateHz, TimeSpan now)
    {
        var length = new PcmFormat(rateHz).DurationOfBytes(pcm.Length);
        _cadence = _lastArrival is { } last ? Min(length, now - last) : TimeSpan.Zero;
        _lastArrival = now;
        if (rateHz != AudioFormat.InputRateHz && _resampler?.InputRateHz != rateHz)
            _resampler = new Resampler(rateHz, AudioFormat.InputRateHz);
        var count = pcm.Length / sizeof(short);
        var rented = ArrayPool<short>.Shared.Rent(rateHz == AudioFormat.InputRateHz ? count : _resampler!.MaxOutputSamples(count));
        try
        {
            var samples = rateHz == AudioFormat.InputRateHz ? Pcm.ToSamples(pcm, rented) : _resampler!.Process(pcm, rented);
            ReadOnlySpan<short> left = rented.AsSpan(0, samples);
            while (!left.IsEmpty)
            {
                var slice = left[..Math.Min(SliceSamples, left.Length)];
                left = left[slice.Length..];
                // The last sample of the message arrived now.
                Process(slice, now, now - PcmFormat.Hz16000.DurationOf(left.Length));
            }
        }
        finally
        {
            ArrayPool<short>.Shared.Return(rented);
        }
        WatchForStall(now);
    }

    /// <summary>The stream paused: a current activity ends at once.</summary>
    internal void End(TimeSpan now) => End(now, now);

    /// <summary>Ends the current activity if its audio has stalled for too long.</summary>
    internal void EndIfStalled(TimeSpan now)
    {
        _stallTimerDue = TimeSpan.Zero;
        if (_segmenter is not { IsActive: true })
            return;
        if (now < StallDeadline)
            WatchForStall(now);
        else
            End(now, _lastArrival!.Value);
    }

    /// <summary>Output audio was written to the socket, and may come back as an echo.</summary>
    internal void Played(ReadOnlySpan<byte> pcm, TimeSpan now)
    {
        if (_segmenter is not null && _session.Model.Options.SuppressEcho)
            (_echo ??= new EchoDetector()).Played(pcm, now);
    }

    /// <summary>The client was told to drop what it has not played.</summary>
    internal void PlaybackStopped(TimeSpan now) => _echo?.Stopped(now);

    /// <summary>The partial transcript of the current activity has changed.</summary>
    internal void PartialChanged(string partial, TimeSpan now)
    {
        if (_turnEnd is null)
            return;
        _turnEnd.Partial = partial;
        AdaptSilence();
        WatchForStall(now);
    }

    /// <summary>
    /// Probability that the turn is over, at <see cref="Silence"/>; NaN while it is unknown: before the first pause of the turn, without a
    /// turn detector, and between turns.
    /// </summary>
    internal float EndProbability => _turnEnd is not null && _segmenter is { IsActive: true } ? _turnEnd.Probability : float.NaN;

    /// <summary>Silence so far in the current activity; zero while the user speaks.</summary>
    internal TimeSpan Silence => _segmenter is { IsActive: true }
        ? PcmFormat.Hz16000.DurationOf(_segmenter.Position - _segmenter.SpeechEnd)
        : TimeSpan.Zero;

    public void Dispose()
    {
        _stallTimer?.Dispose();
        _turnEnd?.Dispose();
        _segmenter?.Dispose();
    }

    /// <summary>
    /// When missing audio ends the activity: it counts as silence by the clock, after a grace for a network that holds audio back. A client
    /// that sends a second of audio every second is not late before its next message is.
    /// </summary>
    private TimeSpan StallDeadline
    {
        get
        {
            var silence = _segmenter!.SilenceDuration - PcmFormat.Hz16000.DurationOf(_segmenter.Position - _segmenter.SpeechEnd);
            return _lastArrival!.Value + _cadence + StallGrace + (silence > TimeSpan.Zero ? silence : TimeSpan.Zero);
        }
    }

    // The deadline moves with every message. The timer follows only where it comes nearer; otherwise it is set again when it fires.
    private void WatchForStall(TimeSpan now)
    {
        if (_segmenter is not { IsActive: true } || StallDeadline is var deadline && _stallTimerDue > TimeSpan.Zero && deadline >= _stallTimerDue)
            return;
        _stallTimer ??= _session.Model.TimeProvider.CreateGuardedTimer(
            _session, static session => session.AudioStalled(), static (session, e) => session.CallbackFailed(e));
        _stallTimerDue = deadline;
        _stallTimer.Change(deadline > now ? deadline - now : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    // Asked with every slice of a pause: a detector may become surer as the silence grows.
    private void AdaptSilence()
    {
        if (_segmenter!.IsActive && _echoSuspectFrom is null)
            _segmenter.SilenceDuration = _turnEnd!.SilenceAt(Silence, SpokenFor);
    }

    private void End(TimeSpan now, TimeSpan arrived)
    {
        if (_segmenter is not null && _segmenter.Flush(out var transition))
            Report(transition, now, arrived);
    }

    private void Process(ReadOnlySpan<short> samples, TimeSpan now, TimeSpan arrived)
    {
        var all = samples;
        _machine.AudioArrived(samples.Length);
        _buffer.Write(samples);
        if (_segmenter is not null)
        {
            if (_echo?.IsAudible(arrived) is true)
                _echo.Heard(samples, arrived);
            _segmenter.StartsByEvidence = _mayStartByEvidence && _session.IsHeard;
            while (_segmenter.Advance(ref samples, out var transition))
                Report(transition, now, arrived);
            if (_echoSuspectFrom is not null)
                RecheckEcho(now, arrived);
            if (_turnEnd is not null)
            {
                _turnEnd.Process(all, _segmenter.SpeechProbability);
                AdaptSilence();
            }
            // An unknown probability is no reason to wait.
            if (_segmenter.IsActive && _echoSuspectFrom is null)
                _session.Listened(_segmenter.Pause, _segmenter.SilenceDuration, isLikelyOver: !(EndProbability < 0.5f));
        }
        _session.AudioReceived(all, now);
    }

    private void Report(ActivityTransition transition, TimeSpan now, TimeSpan arrived)
    {
        if (transition.Kind == ActivityTransitionKind.Ended)
        {
            var endOfSpeech = arrived - PcmFormat.Hz16000.DurationOf(_segmenter!.Position - transition.Sample);
            if (_echoSuspectFrom is null)
                _session.SpeechEnded(transition.Sample, LengthTo(transition.Sample), endOfSpeech, now);
            _echoSuspectFrom = null;
            _segmenter.SilenceDuration = _silence;
        }
        else if (_echo?.IsEcho(arrived) is true)
        {
            (_echoSuspectFrom, _recheckEchoAt, _misses, _talks) = (transition.Sample, transition.DetectedAtSample + EchoRecheckSamples, 0, 0);
        }
        else
        {
            Start(transition.Sample, now);
        }
    }

    // Only while there is input: in a pause there is nothing to compare.
    private void RecheckEcho(TimeSpan now, TimeSpan arrived)
    {
        var position = _segmenter!.Position;
        _talks = _mayStartByEvidence && _echo!.IsTalkedOver(arrived) ? _talks + 1 : 0;
        if (_talks >= TalksToConfirm)
        {
            Confirm(position - TalkedOverSamples, now);
            return;
        }
        if (position < _recheckEchoAt || position - _segmenter.SpeechEnd > EchoRecheckSamples / 2)
            return;
        _recheckEchoAt = position + EchoRecheckSamples;
        _misses = _echo!.IsEcho(arrived) ? 0 : _misses + 1;
        if (_misses >= MissesToConfirm)
            Confirm(position - ConfirmedSamples, now);
    }

    private void Confirm(long earliest, TimeSpan now)
    {
        var from = Math.Max(_echoSuspectFrom!.Value, earliest);
        _echoSuspectFrom = null;
        Start(from, now);
    }

    private TimeSpan LengthTo(long sample) => PcmFormat.Hz16000.DurationOf(Math.Max(0, sample - _speechFrom));

    private void Start(long sample, TimeSpan now)
    {
        _speechFrom = sample + _prefix;
        _turnEnd?.Begin(_session.SinceAnswer(now), _session.AskedQuestion);
        _session.SpeechStarted(sample, now);
    }

    private static ActivitySettings SettingsOf(AutomaticActivityDetection? detection)
    {
        var settings = new ActivitySettings();
        return settings with
        {
            StartSensitivity = detection?.StartOfSpeechSensitivity == Protocol.StartSensitivity.Low
                ? ActivitySensitivity.Low
                : settings.StartSensitivity,
            EndSensitivity = detection?.EndOfSpeechSensitivity == Protocol.EndSensitivity.Low
                ? ActivitySensitivity.Low
                : settings.EndSensitivity,
            PrefixPadding = Milliseconds(detection?.PrefixPaddingMs, settings.PrefixPadding),
            SilenceDuration = Milliseconds(detection?.SilenceDurationMs, settings.SilenceDuration),
        };
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Milliseconds(int? value, TimeSpan fallback) => value is { } given ? TimeSpan.FromMilliseconds(given) : fallback;
}
