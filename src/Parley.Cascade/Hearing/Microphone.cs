using System.Buffers;
using Parley.Conversation;
using Parley.Protocol;
using Parley.Speech.Activity;

namespace Parley.Cascade.Hearing;

/// <summary>
/// The sound of the user on its way into the conversation: brought to 16 kHz, counted, kept for the recognizer, and listened to for
/// activity, unless the client marks its activity itself. Activity that is our own voice coming back is no activity.
/// <code>
/// silent -> speaking -> silent
/// silent -> suspected of being an echo -> silent, or speaking once it is not
/// </code>
/// </summary>
internal sealed class Microphone : IDisposable
{
    // Sound is taken in slices, so that what a client sends in one large message is heard as if it came in small ones.
    private const int SliceSamples = 1_600;

    // An echo is looked for again this often, and has to be missed twice: our own voice has pauses too.
    private const int SuspicionSamples = 1_280;
    private const int MissesToBelieve = 2;

    // What is believed after a suspicion began about this long ago.
    private const int BelievedSamples = 8_000;

    private readonly ConversationMachine _machine;
    private readonly CascadeSession _session;
    private readonly KeptAudio _sound;
    private readonly ActivitySegmenter? _segmenter;
    private readonly long _prefix;
    private readonly TimeSpan _silence;
    private readonly bool _mayShorten;
    private Resampler? _resampler;
    private EchoDetector? _echo;
    private long? _suspectedFrom;
    private long _suspectAgainAt;
    private int _misses;
    private long _speechFrom;

    internal Microphone(ConversationMachine machine, CascadeSession session, KeptAudio sound, AutomaticActivityDetection? detection)
    {
        (_machine, _session, _sound) = (machine, session, sound);
        if (machine.HasManualActivity)
            return;
        var settings = SettingsOf(detection);
        (_silence, _prefix) = (settings.SilenceDuration, PcmFormat.Hz16000.SamplesIn(settings.PrefixPadding));
        _mayShorten = detection?.SilenceDurationMs is null || session.Model.Options.ShortenClientSilence;
        _segmenter = new ActivitySegmenter(session.Model.Parts.Detectors?.Create() ?? new EnergyVoiceActivityDetector(), settings);
    }

    /// <summary>How long there has been speech in the activity that is open.</summary>
    internal TimeSpan SpokenFor => _segmenter is null ? TimeSpan.MaxValue : LengthTo(_segmenter.SpeechEnd);

    internal void Accept(ReadOnlySpan<byte> pcm, int rateHz, TimeSpan now)
    {
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
                // The last sample of all arrived now.
                Hear(slice, now, now - PcmFormat.Hz16000.DurationOf(left.Length));
            }
        }
        finally
        {
            ArrayPool<short>.Shared.Return(rented);
        }
    }

    /// <summary>The stream paused: what is open ends at once.</summary>
    internal void End(TimeSpan now)
    {
        if (_segmenter is not null && _segmenter.Flush(out var transition))
            Report(transition, now, now);
    }

    /// <summary>Sound of ours was written to the socket, and may come back.</summary>
    internal void Played(ReadOnlySpan<byte> pcm, TimeSpan now)
    {
        if (_segmenter is not null && _session.Model.Options.SuppressEcho)
            (_echo ??= new EchoDetector()).Played(pcm, now);
    }

    /// <summary>The client was told to drop what it has not played.</summary>
    internal void PlaybackStopped(TimeSpan now) => _echo?.Stopped(now);

    /// <summary>Waits for the silence that fits what is understood of the utterance so far.</summary>
    internal void WaitFor(string partial)
    {
        if (_segmenter is null || !_session.Model.Options.DetectTurnEnd)
            return;
        var judged = _session.Model.Parts.TurnDetector.GetEndOfTurnSilence(partial, _silence);
        _segmenter.SilenceDuration = judged < _silence && !_mayShorten ? _silence : judged;
    }

    public void Dispose() => _segmenter?.Dispose();

    private void Hear(ReadOnlySpan<short> samples, TimeSpan now, TimeSpan arrived)
    {
        _machine.AudioArrived(samples.Length);
        _sound.Write(samples);
        if (_segmenter is not null)
        {
            if (_echo?.IsAudible(arrived) is true)
                _echo.Heard(samples, arrived);
            while (_segmenter.Advance(ref samples, out var transition))
                Report(transition, now, arrived);
            if (_suspectedFrom is not null)
                Suspect(now, arrived);
        }
        _session.HeardMore(now);
    }

    private void Report(ActivityTransition transition, TimeSpan now, TimeSpan arrived)
    {
        if (transition.Kind == ActivityTransitionKind.Ended)
        {
            if (_suspectedFrom is null)
                _session.SpeechEnded(transition.Sample, LengthTo(transition.Sample), arrived - PcmFormat.Hz16000.DurationOf(_segmenter!.Position - transition.Sample), now);
            _suspectedFrom = null;
            _segmenter!.SilenceDuration = _silence;
        }
        else if (_echo?.IsEcho(arrived) is true)
        {
            (_suspectedFrom, _suspectAgainAt, _misses) = (transition.Sample, transition.DetectedAtSample + SuspicionSamples, 0);
        }
        else
        {
            Start(transition.Sample, now);
        }
    }

    // Only while there is sound: in a pause of our own voice there is nothing to compare.
    private void Suspect(TimeSpan now, TimeSpan arrived)
    {
        var position = _segmenter!.Position;
        if (position < _suspectAgainAt || position - _segmenter.SpeechEnd > SuspicionSamples / 2)
            return;
        _suspectAgainAt = position + SuspicionSamples;
        _misses = _echo!.IsEcho(arrived) ? 0 : _misses + 1;
        if (_misses < MissesToBelieve)
            return;
        var from = Math.Max(_suspectedFrom!.Value, position - BelievedSamples);
        _suspectedFrom = null;
        Start(from, now);
    }

    private TimeSpan LengthTo(long sample) => PcmFormat.Hz16000.DurationOf(Math.Max(0, sample - _speechFrom));

    private void Start(long sample, TimeSpan now)
    {
        _speechFrom = sample + _prefix;
        _session.SpeechStarted(sample, now);
    }

    private static ActivitySettings SettingsOf(AutomaticActivityDetection? detection)
    {
        var settings = new ActivitySettings();
        return settings with
        {
            StartSensitivity = detection?.StartOfSpeechSensitivity == Protocol.StartSensitivity.Low ? ActivitySensitivity.Low : settings.StartSensitivity,
            EndSensitivity = detection?.EndOfSpeechSensitivity == Protocol.EndSensitivity.Low ? ActivitySensitivity.Low : settings.EndSensitivity,
            PrefixPadding = Milliseconds(detection?.PrefixPaddingMs, settings.PrefixPadding),
            SilenceDuration = Milliseconds(detection?.SilenceDurationMs, settings.SilenceDuration),
        };
    }

    private static TimeSpan Milliseconds(int? value, TimeSpan fallback) => value is { } given ? TimeSpan.FromMilliseconds(given) : fallback;
}
