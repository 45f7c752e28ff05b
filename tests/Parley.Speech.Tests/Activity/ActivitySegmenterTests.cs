using CsCheck;
using Parley.Speech.Activity;

namespace Parley.Speech.Tests;

public sealed class ActivitySegmenterTests
{
    private const int Window = 320;

    [Fact]
    public void Speech_between_silences_is_one_activity_with_its_prefix()
    {
        var transitions = Run(Windows((0, 50), (90, 50), (0, 60)));
        Assert.Equal(
        [
            // 50 windows of silence less the prefix of 100 ms; known after 100 ms of speech.
            new ActivityTransition(ActivityTransitionKind.Started, (50 * Window) - 1_600, 55 * Window),
            new ActivityTransition(ActivityTransitionKind.Ended, 100 * Window, 140 * Window),
        ], transitions);
    }

    [Fact]
    public void Speech_shorter_than_the_prefix_padding_is_not_declared() =>
        Assert.Empty(Run(Windows((0, 10), (90, 4), (0, 50))));

    [Fact]
    public void A_longer_prefix_padding_needs_longer_speech_and_reaches_further_back()
    {
        var settings = new ActivitySettings { PrefixPadding = TimeSpan.FromMilliseconds(400) };
        Assert.Empty(Run(Windows((0, 50), (90, 19), (0, 50)), settings));
        Assert.Equal(30 * Window, Run(Windows((0, 50), (90, 20)), settings).Single().Sample);
    }

    [Fact]
    public void The_prefix_never_reaches_before_the_stream() =>
        Assert.Equal(0, Run(Windows((90, 10))).Single().Sample);

    [Fact]
    public void The_prefix_never_reaches_into_the_activity_before()
    {
        var settings = new ActivitySettings { SilenceDuration = TimeSpan.FromMilliseconds(100) };
        var transitions = Run(Windows((90, 10), (0, 6), (90, 10)), settings);
        Assert.Equal(15 * Window, transitions[1].DetectedAtSample);
        Assert.Equal(15 * Window, transitions[2].Sample);
    }

    [Fact]
    public void Low_start_sensitivity_needs_a_higher_probability_for_longer()
    {
        var low = new ActivitySettings { StartSensitivity = ActivitySensitivity.Low };
        Assert.Single(Run(Windows((60, 30))));
        Assert.Empty(Run(Windows((60, 30)), low));
        Assert.Empty(Run(Windows((90, 8)), low));
        Assert.Single(Run(Windows((90, 9)), low));
    }

    [Fact]
    public void Low_end_sensitivity_keeps_weak_sound_in_the_activity()
    {
        var low = new ActivitySettings { EndSensitivity = ActivitySensitivity.Low };
        Assert.Equal(2, Run(Windows((90, 10), (25, 50))).Count);
        Assert.Single(Run(Windows((90, 10), (25, 50)), low));
    }

    [Fact]
    public void A_click_breaks_the_silence_only_at_low_end_sensitivity()
    {
        var sound = Windows((90, 10), (0, 30), (90, 1), (0, 30));
        Assert.Equal(2, Run(sound).Count);
        Assert.Single(Run(sound, new ActivitySettings { EndSensitivity = ActivitySensitivity.Low }));
    }

    [Fact]
    public void A_pause_shorter_than_the_silence_duration_stays_inside() =>
        Assert.Equal(149 * Window, Run(Windows((90, 50), (0, 39), (90, 60), (0, 40)))[^1].Sample);

    [Fact]
    public void Single_clicks_far_apart_never_start_anything() =>
        Assert.Empty(Run(Windows([.. Enumerable.Repeat<(int, int)[]>([(95, 1), (0, 4)], 50).SelectMany(x => x)])));

    [Fact]
    public void A_flush_ends_an_open_activity_where_the_sound_stopped()
    {
        using var segmenter = new ActivitySegmenter(new ScriptedDetector());
        ReadOnlySpan<short> samples = Windows((90, 10)).Append((short)0).ToArray();
        Assert.True(segmenter.Advance(ref samples, out _));
        Assert.False(segmenter.Advance(ref samples, out _));

        Assert.True(segmenter.Flush(out var end));
        Assert.Equal(new ActivityTransition(ActivityTransitionKind.Ended, (10 * Window) + 1, (10 * Window) + 1), end);
        Assert.False(segmenter.IsActive);
        Assert.False(segmenter.Flush(out _));
    }

    [Fact]
    public void A_flush_drops_a_candidate_and_positions_count_on()
    {
        using var segmenter = new ActivitySegmenter(new ScriptedDetector());
        ReadOnlySpan<short> samples = Windows((90, 4));
        Assert.False(segmenter.Advance(ref samples, out _));
        Assert.False(segmenter.Flush(out _));

        samples = Windows((90, 4));
        Assert.False(segmenter.Advance(ref samples, out _));
        Assert.Equal(8 * Window, segmenter.Position);
    }

    [Fact]
    public void The_silence_can_be_changed_while_it_lasts_in_both_directions()
    {
        using var segmenter = new ActivitySegmenter(new ScriptedDetector());
        Assert.Equal(TimeSpan.FromMilliseconds(800), segmenter.SilenceDuration);
        ReadOnlySpan<short> samples = Windows((90, 10), (0, 20));
        Assert.True(segmenter.Advance(ref samples, out _));
        Assert.False(segmenter.Advance(ref samples, out _));
        Assert.Equal(10 * Window, segmenter.SpeechEnd);

        segmenter.SilenceDuration = TimeSpan.FromMilliseconds(1_200);
        samples = Windows((0, 39));
        Assert.False(segmenter.Advance(ref samples, out _));
        segmenter.SilenceDuration = TimeSpan.FromMilliseconds(300);
        samples = Windows((0, 10));
        Assert.True(segmenter.Advance(ref samples, out var end));
        Assert.Equal(new ActivityTransition(ActivityTransitionKind.Ended, 10 * Window, 69 * Window), end);
        Assert.Equal(0, segmenter.SpeechEnd);
    }

    [Fact]
    public void The_silence_ends_to_the_sample_and_not_with_a_window()
    {
        var settings = new ActivitySettings { SilenceDuration = TimeSpan.FromMilliseconds(507) };
        Assert.Equal(new ActivityTransition(ActivityTransitionKind.Ended, 10 * Window, (10 * Window) + (507 * 16)), Run(Windows((90, 10), (0, 60)), settings)[^1]);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(4, 0)]
    [InlineData(4, 150)]
    public void A_lagging_detector_does_not_lengthen_the_silence(int inertia, int noise)
    {
        // The voice stops within a window, the detector some windows later.
        var sound = Signals.Mix([.. Signals.Voice(610), .. Signals.Silence(1_390)], Signals.Noise(2_000, noise));
        using var segmenter = new ActivitySegmenter(new InertDetector(inertia));
        var transitions = new List<ActivityTransition>();
        ReadOnlySpan<short> samples = sound;
        while (segmenter.Advance(ref samples, out var transition))
            transitions.Add(transition);

        var end = transitions.Single(transition => transition.Kind == ActivityTransitionKind.Ended);
        Assert.InRange(end.Sample, 610 * 16 - 320, 610 * 16 + 80);
        Assert.Equal(end.Sample + (800 * 16), end.DetectedAtSample);
    }

    [Fact]
    public void In_loud_noise_the_detector_alone_decides()
    {
        var sound = Signals.Mix([.. Signals.Voice(600), .. Signals.Silence(1_400)], Signals.Noise(2_000, 2_000));
        using var segmenter = new ActivitySegmenter(new InertDetector(4, floor: 1_500));
        ReadOnlySpan<short> samples = sound;
        Assert.True(segmenter.Advance(ref samples, out _));
        Assert.True(segmenter.Advance(ref samples, out var end));
        Assert.Equal(0, end.Sample % Window);
    }

    [Fact]
    public void Any_chunking_gives_the_same_transitions() =>
        Gen.Select(RandomSound, RandomSettings, Gen.Int[1, 2_000].Array[1, 8]).Sample((sound, settings, cuts) =>
            Assert.Equal(Run(sound, settings), Run(sound, settings, cuts)));

    [Fact]
    public void Starts_and_ends_alternate_in_order_and_within_the_promised_look_back() =>
        Gen.Select(RandomSound, RandomSettings).Sample((sound, settings) =>
        {
            using var segmenter = new ActivitySegmenter(new ScriptedDetector(), settings);
            var lookBack = segmenter.MaxLookBackSamples;
            var (open, earliest) = (false, 0L);
            foreach (var transition in Run(sound, settings))
            {
                Assert.Equal(open ? ActivityTransitionKind.Ended : ActivityTransitionKind.Started, transition.Kind);
                Assert.InRange(transition.Sample, earliest, transition.DetectedAtSample);
                if (!open)
                    Assert.InRange(transition.DetectedAtSample - transition.Sample, 0, lookBack);
                earliest = open ? transition.DetectedAtSample : transition.Sample;
                open = !open;
            }
        });

    [Theory]
    [InlineData(85, 1, 1)]
    [InlineData(55, 3, 2)]
    [InlineData(24, 100, 0)]
    public void Evidence_starts_an_activity_as_soon_as_it_is_certain(int percent, int windows, int needed)
    {
        var sound = Windows(512, (0, 20), (percent, windows), (0, 5));
        Assert.Equal(needed == 0 ? [] : [(20 + needed) * 512L], Starts(sound, byEvidence: true));
        Assert.Empty(Starts(sound, byEvidence: false));
    }

    [Fact]
    public void A_sound_that_dies_away_is_no_evidence_of_speech()
    {
        // A knock: likely for some windows, each much quieter than the one before.
        short[] knock = [.. Windows(512, (0, 20), (53, 1)), .. Quieter(60, 10), .. Quieter(55, 2), .. Windows(512, (0, 5))];
        Assert.Empty(Starts(knock, byEvidence: true));
        short[] voice = [.. Windows(512, (0, 20), (53, 2), (0, 5))];
        Assert.Single(Starts(voice, byEvidence: true));

        // The first sample is the probability, the rest is quieter.
        static short[] Quieter(short percent, short level) => [percent, .. Enumerable.Repeat(level, 511)];
    }

    [Fact]
    public void An_activity_by_evidence_starts_within_the_promised_look_back()
    {
        using var segmenter = new ActivitySegmenter(new ScriptedDetector(512)) { StartsByEvidence = true };
        ReadOnlySpan<short> sound = Windows(512, (0, 20), (27, 60));
        if (segmenter.Advance(ref sound, out var start))
            Assert.InRange(start.DetectedAtSample - start.Sample, 0, segmenter.MaxLookBackSamples);
        else
            Assert.Fail("Many windows that are a little more likely than not are certain at some time.");
    }

    [Fact]
    public void Other_window_sizes_work_too() =>
        Assert.Equal([Math.Max(0, (20 * 512) - 1_600), 40 * 512], Run(Windows(512, (0, 20), (90, 20), (0, 30)), null, null, 512).Select(t => t.Sample));

    [Fact]
    public void Negative_durations_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new ActivitySegmenter(new ScriptedDetector(), new ActivitySettings { SilenceDuration = TimeSpan.FromTicks(-1) }));

    [Fact]
    public void Disposing_the_segmenter_disposes_its_detector()
    {
        var detector = new ScriptedDetector();
        new ActivitySegmenter(detector).Dispose();
        Assert.True(detector.Disposed);
    }

    /// <summary>Detects loud windows, and lags by some windows.</summary>
    private sealed class InertDetector(int windows, double floor = 500) : IVoiceActivityDetector
    {
        private int _left;

        public int WindowSamples => Window;

        public float Process(ReadOnlySpan<short> window)
        {
            _left = Signals.Rms(window) > floor ? windows : _left - 1;
            return _left >= 0 ? 0.9f : 0;
        }

        public void Reset() => _left = 0;

        public void Dispose()
        {
        }
    }

    private static readonly Gen<short[]> RandomSound =
        Gen.Select(Gen.Int[0, 100], Gen.Int[1, 30]).Array[0, 12].Select(runs => Windows(Window, runs));

    private static readonly Gen<ActivitySettings> RandomSettings =
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Int[0, 300], Gen.Int[0, 1_000]).Select((start, end, padding, silence) => new ActivitySettings
        {
            StartSensitivity = start ? ActivitySensitivity.Low : ActivitySensitivity.High,
            EndSensitivity = end ? ActivitySensitivity.Low : ActivitySensitivity.High,
            PrefixPadding = TimeSpan.FromMilliseconds(padding),
            SilenceDuration = TimeSpan.FromMilliseconds(silence),
        });

    private static List<long> Starts(short[] sound, bool byEvidence)
    {
        using var segmenter = new ActivitySegmenter(new ScriptedDetector(512)) { StartsByEvidence = byEvidence };
        var starts = new List<long>();
        ReadOnlySpan<short> samples = sound;
        while (segmenter.Advance(ref samples, out var transition))
        {
            if (transition.Kind == ActivityTransitionKind.Started)
                starts.Add(transition.DetectedAtSample);
        }
        return starts;
    }

    private static short[] Windows(params (int Percent, int Count)[] runs) => Windows(Window, runs);

    private static short[] Windows(int window, params (int Percent, int Count)[] runs) =>
        [.. runs.SelectMany(run => Enumerable.Repeat((short)run.Percent, run.Count * window))];

    private static List<ActivityTransition> Run(short[] sound, ActivitySettings? settings = null, int[]? cuts = null, int window = Window)
    {
        using var segmenter = new ActivitySegmenter(new ScriptedDetector(window), settings);
        var transitions = new List<ActivityTransition>();
        for (int at = 0, i = 0; at < sound.Length; i++)
        {
            var take = Math.Min(cuts is null ? sound.Length : cuts[i % cuts.Length], sound.Length - at);
            ReadOnlySpan<short> samples = sound.AsSpan(at, take);
            at += take;
            while (segmenter.Advance(ref samples, out var transition))
                transitions.Add(transition);
        }
        return transitions;
    }
}
