using CsCheck;
using Parley.Speech.TurnTaking.Prosody;

namespace Parley.Speech.Tests.TurnTaking.Prosody;

public sealed class ProsodyTests
{
    private const int Rate = 16_000;

    [Theory]
    [InlineData(80)]
    [InlineData(110)]
    [InlineData(160)]
    [InlineData(220)]
    [InlineData(320)]
    public void Pitch_of_a_voice_is_found_within_a_twentieth_of_an_octave(double hz)
    {
        var track = Track(Voice(1, _ => hz));
        for (var frame = 20L; frame < 90; frame++)
            Assert.Equal(Math.Log2(hz), track.Pitch(frame), 0.05);
    }

    [Fact]
    public void Pitch_of_a_voice_in_noise_is_found()
    {
        var random = new Random(1);
        var voice = Voice(1, _ => 130);
        for (var i = 0; i < voice.Length; i++)
            voice[i] = (short)(voice[i] + random.Next(-600, 600));
        var track = Track(voice);
        Assert.True(Enumerable.Range(20, 70).Count(frame => Math.Abs(track.Pitch(frame) - Math.Log2(130)) < 0.05) > 60);
    }

    [Fact]
    public void Noise_and_silence_have_no_pitch()
    {
        var random = new Random(1);
        var track = Track([.. Enumerable.Range(0, Rate).Select(_ => (short)random.Next(-8_000, 8_000)), .. new short[Rate]]);
        Assert.True(Enumerable.Range(10, 180).Count(frame => track.Pitch(frame) > 0) < 6);
    }

    [Fact]
    public void Falling_and_rising_pitch_differ_in_their_features()
    {
        var (falling, level, rising) = (Features(t => 180 * Math.Pow(2, -0.5 * t)), Features(_ => 130), Features(t => 130 * Math.Pow(2, 0.5 * t)));
        // The end compared with the middle, the slope, the place in the range.
        foreach (var feature in (int[])[3, 4, 5])
            Assert.True(falling[feature] < level[feature] && level[feature] < rising[feature], $"feature {feature}: {falling[feature]} {level[feature]} {rising[feature]}");
    }

    [Fact]
    public void Level_does_not_change_the_features()
    {
        var loud = Voice(1.2, t => 150 - (30 * t));
        var quiet = loud.Select(static sample => (short)(sample / 4)).ToArray();
        Assert.All(Features(loud).Zip(Features(quiet)), static pair => Assert.Equal(pair.First, pair.Second, 0.05f));
    }

    [Fact]
    public void Any_audio_gives_finite_features_and_a_probability()
    {
        var detectors = new[] { ProsodyTurnDetectors.ByVoice(), ProsodyTurnDetectors.ByVoiceAndWords() };
        Gen.Select(Gen.Short.Array[0, 3_000], Gen.Int[0, 4_000], Gen.Int[0, 20_000], Gen.String).Sample((samples, silence, speech, partial) =>
        {
            foreach (var detectorsOfOne in detectors)
            {
                using var detector = detectorsOfOne.Create();
                detector.Process(samples, 0.5f);
                detector.BeginTurn();
                detector.Process(samples, 0.5f);
                var state = new TurnState(partial, TimeSpan.FromMilliseconds(silence), TimeSpan.FromMilliseconds(speech), null, false);
                var probability = detector.GetEndProbability(state);
                Assert.True(silence < 160 ? float.IsNaN(probability) : probability is >= 0 and <= 1, $"{probability}");
            }
        });
    }

    [Fact]
    public void Audio_gives_the_same_track_in_any_pieces()
    {
        var voice = Voice(1, t => 120 + (40 * t));
        var whole = Track(voice);
        Gen.Int[1, 1_600].Sample(
            size =>
            {
                var track = new ProsodyTrack();
                foreach (var chunk in voice.Chunk(size))
                    track.Process(chunk);
                for (var frame = 0L; frame < whole.Frames; frame++)
                    Assert.Equal((whole.Decibels(frame), whole.Pitch(frame)), (track.Decibels(frame), track.Pitch(frame)));
            },
            iter: 30);
    }

    [Fact]
    public void Listening_and_rating_do_not_allocate()
    {
        using var detector = ProsodyTurnDetectors.ByVoiceAndWords().Create();
        var voice = Voice(0.2, _ => 140);
        detector.BeginTurn();
        // Twice: the first call of a method allocates.
        Round(0);
        Round(1);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 2; i < 50; i++)
            Round(i);
        Assert.Equal(allocated, GC.GetAllocatedBytesForCurrentThread());

        void Round(int silence)
        {
            detector.Process(voice, 0.9f);
            // Another pause each time, with the same words.
            detector.GetEndProbability(new TurnState("hello", TimeSpan.FromMilliseconds(160 + (silence * 20)), TimeSpan.FromSeconds(1), null, false));
        }
    }

    [Fact]
    public void The_words_of_a_pause_are_rated_when_they_change()
    {
        using var detector = ProsodyTurnDetectors.ByVoiceAndWords().Create();
        detector.BeginTurn();
        detector.Process(Voice(1, _ => 140), 0.9f);
        detector.Process(new short[3_200], 0);
        var incomplete = detector.GetEndProbability(State("please turn on the"));
        var complete = detector.GetEndProbability(State("please turn on the lights"));
        Assert.True(complete > incomplete + 0.2, $"{incomplete} {complete}");

        static TurnState State(string partial) => new(partial, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), null, false);
    }

    [Theory]
    [InlineData("")]
    [InlineData("other 1 2")]
    [InlineData("prosody 1")]
    [InlineData("prosody 1 NaN")]
    [InlineData("prosody 1 two")]
    public void A_damaged_model_is_refused(string text) => Assert.Throws<FormatException>(() => TurnModel.Parse(text, "prosody"));

    [Fact]
    public void The_models_of_the_library_fit_their_features()
    {
        Assert.Equal(ProsodyFeatures.Count, TurnModel.Load("prosody").Inputs);
        Assert.Equal(ProsodyFeatures.Count + WordFeatures.Count, TurnModel.Load("both").Inputs);
    }

    private static float[] Features(Func<double, double> hz) => Features(Voice(1.2, hz));

    private static float[] Features(short[] voice)
    {
        var track = Track([.. new short[Rate / 2], .. voice, .. new short[3_200]]);
        var features = new float[ProsodyFeatures.Count];
        ProsodyFeatures.Write(track, track.Frames - 20, PcmFormat.Hz16000.DurationOf(voice.Length), features);
        return features;
    }

    private static ProsodyTrack Track(short[] samples)
    {
        var track = new ProsodyTrack();
        track.Process(samples);
        return track;
    }

    // Ten harmonics, the higher the weaker.
    private static short[] Voice(double seconds, Func<double, double> hz)
    {
        var voice = new short[(int)(seconds * Rate)];
        var phase = 0.0;
        for (var i = 0; i < voice.Length; i++)
        {
            phase += 2 * Math.PI * hz(i / (double)Rate) / Rate;
            voice[i] = (short)(4_000 * Enumerable.Range(1, 10).Sum(n => Math.Sin(n * phase) / n) / 1.8);
        }
        return voice;
    }
}
