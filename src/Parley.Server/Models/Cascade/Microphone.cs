using System.Buffers;
using Parley.Conversation;
using Parley.Protocol;
using Parley.Speech;

namespace Parley.Server.Cascade;

/// <summary>
/// The sound of the user on its way into the conversation: brought to 16 kHz, counted, and listened to for activity, unless the client
/// marks its activity itself.
/// </summary>
internal sealed class Microphone : IDisposable
{
    private readonly ConversationMachine _machine;
    private readonly ActivitySegmenter? _segmenter;
    private Resampler? _resampler;

    internal Microphone(ConversationMachine machine, AutomaticActivityDetection? detection)
    {
        _machine = machine;
        if (!machine.HasManualActivity)
            _segmenter = new ActivitySegmenter(new EnergyVoiceActivityDetector(), SettingsOf(detection));
    }

    internal void Accept(ReadOnlySpan<byte> pcm, int rateHz, TimeSpan now)
    {
        if (rateHz != AudioFormat.InputRateHz && _resampler?.InputRateHz != rateHz)
            _resampler = new Resampler(rateHz, AudioFormat.InputRateHz);
        var count = pcm.Length / sizeof(short);
        var rented = ArrayPool<short>.Shared.Rent(rateHz == AudioFormat.InputRateHz ? count : _resampler!.MaxOutputSamples(count));
        try
        {
            var samples = rateHz == AudioFormat.InputRateHz ? Pcm.ToSamples(pcm, rented) : _resampler!.Process(pcm, rented);
            Hear(rented.AsSpan(0, samples), now);
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
            Report(transition, now);
    }

    public void Dispose() => _segmenter?.Dispose();

    private void Hear(ReadOnlySpan<short> samples, TimeSpan now)
    {
        _machine.AudioArrived(samples.Length);
        if (_segmenter is null)
            return;
        while (_segmenter.Advance(ref samples, out var transition))
            Report(transition, now);
    }

    private void Report(ActivityTransition transition, TimeSpan now)
    {
        if (transition.Kind == ActivityTransitionKind.Started)
            _machine.SpeechStarted(transition.Sample, now);
        else
            _machine.SpeechEnded(transition.Sample);
    }

    private static ActivitySettings SettingsOf(AutomaticActivityDetection? detection)
    {
        var settings = new ActivitySettings();
        return settings with
        {
            StartSensitivity = detection?.StartOfSpeechSensitivity == Protocol.StartSensitivity.Low ? Speech.StartSensitivity.Low : settings.StartSensitivity,
            EndSensitivity = detection?.EndOfSpeechSensitivity == Protocol.EndSensitivity.Low ? Speech.EndSensitivity.Low : settings.EndSensitivity,
            PrefixPadding = Milliseconds(detection?.PrefixPaddingMs, settings.PrefixPadding),
            SilenceDuration = Milliseconds(detection?.SilenceDurationMs, settings.SilenceDuration),
        };
    }

    private static TimeSpan Milliseconds(int? value, TimeSpan fallback) => value is { } given ? TimeSpan.FromMilliseconds(given) : fallback;
}
