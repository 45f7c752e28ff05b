using Parley.Bench.Speech.Corpora;
using Parley.Speech;
using Parley.Speech.Activity;
using Parley.Speech.TurnTaking.Prosody;

namespace Parley.Bench.Speech.TurnModels;

/// <summary>One pause: who spoke, its features, and whether the turn was over.</summary>
internal sealed record Example(string Speaker, float[] Features, bool IsOver);

/// <summary>
/// Pauses of synthetic speakers. A sentence said to its end is over. For a pause inside, the synthesizer is given a comma at a bar, so
/// that its
/// voice goes on as before a comma; the audio is cut in the pause it makes. Some cuts are made in the middle of a word or phrase instead,
/// where
/// the energy is lowest; and some beginnings are said like whole sentences, because people lower their voice within a turn too, and then
/// only
/// the words tell. Noise, level and speed vary; the words are those spoken, with the errors of a bad recognizer.
/// </summary>
internal sealed class TrainingSet(IVoiceActivityDetectors detectors)
{
    private const double Before = 400;
    private const double Behind = 420;
    private const double WordErrors = 0.15;
    private const double NoWords = 0.1;
    private const double Noisy = 0.35;
    private const double AsWhole = 0.35;
    private const double InWords = 0.2;

    private static readonly string[] Misheard = ["the", "a", "and", "on", "night", "house", "in", "one", "that", "there", "of", "it", "her", "light", "were"];

    internal static int Features => ProsodyFeatures.Count + WordFeatures.Count;

    internal async Task<IReadOnlyList<Example>> MakeAsync(IReadOnlyList<string> sentences, IReadOnlyList<string> speakerNames, int seed, CancellationToken cancellationToken)
    {
        using var speakers = new Speakers();
        var random = new Random(seed);
        List<Example> examples = [];
        foreach (var (sentence, i) in sentences.Select((sentence, i) => (sentence, i)))
        {
            var answers = sentence.StartsWith("?:", StringComparison.Ordinal);
            var parts = sentence.TrimStart('?', ':').Split('|', StringSplitOptions.TrimEntries);
            foreach (var speaker in new[] { speakerNames[i % speakerNames.Count], speakerNames[((i * 3) + 1) % speakerNames.Count] }.Distinct())
            {
                var asked = answers ? random.NextDouble() < 0.8 : random.NextDouble() < 0.1;
                var whole = await speakers.SayAsync(string.Join(' ', parts), speaker, random, cancellationToken);
                Add(examples, speaker, whole, string.Join(' ', parts), asked, isOver: true, random);
                if (parts.Length < 2)
                    continue;
                var at = random.Next(1, parts.Length);
                var words = string.Join(' ', parts[..at]);
                var kind = random.NextDouble();
                if (kind < AsWhole)
                {
                    Add(examples, speaker, await speakers.SayAsync(words, speaker, random, cancellationToken), words, asked, isOver: false, random);
                    continue;
                }
                if (kind < AsWhole + InWords && Quietest(whole, random) is { } quiet)
                {
                    // The words up to there, by the share of the audio.
                    var all = string.Join(' ', parts).Split(' ');
                    Add(examples, speaker, Fade(whole[..quiet]), string.Join(' ', all[..Math.Clamp((int)(all.Length * (quiet / (double)whole.Length)), 1, all.Length - 1)]), asked, isOver: false, random);
                    continue;
                }
                var paused = await speakers.SayAsync($"{words}, {string.Join(' ', parts[at..])}", speaker, random, cancellationToken);
                if (Pause(paused) is { } pause)
                    Add(examples, speaker, paused[..pause], words, asked, isOver: false, random);
            }
        }
        return examples;
    }

    /// <summary>
    /// Pauses of recorded people: the end of each clip, and the longest pause inside it, with the share of the words up to there.
    /// </summary>
    internal IReadOnlyList<Example> Of(string speaker, IReadOnlyList<Clip> clips, int seed)
    {
        var random = new Random(seed);
        List<Example> examples = [];
        foreach (var clip in clips)
        {
            var sound = Sounds.Trim(clip.Sound);
            Add(examples, speaker, sound, clip.Words, answersQuestion: false, isOver: true, random);
            var words = clip.Words.Split(' ');
            if (Pause(sound) is { } pause && pause < sound.Length - 4_800)
                Add(examples, speaker, sound[..pause], string.Join(' ', words[..Math.Clamp((int)(words.Length * (pause / (double)sound.Length)), 1, words.Length)]), answersQuestion: false, isOver: false, random);
        }
        return examples;
    }

    private void Add(List<Example> examples, string speaker, short[] speech, string words, bool answersQuestion, bool isOver, Random random)
    {
        var gain = Math.Pow(10, -random.NextDouble());
        short[] sound = [.. Sounds.Silence(Before), .. speech.Select(sample => (short)(sample * gain)), .. Sounds.Silence(Behind)];
        if (random.NextDouble() < Noisy)
            sound = Sounds.Mix(sound, Sounds.Noise(sound.Length / 16.0, Sounds.Level(sound) * (0.05 + (0.15 * random.NextDouble())), random.Next()));
        var features = new float[Features];
        if (!Measure(sound, features))
            return;
        WordFeatures.Write(random.NextDouble() < NoWords ? "" : Mishear(words, random), answersQuestion, features.AsSpan(ProsodyFeatures.Count));
        examples.Add(new(speaker, features, isOver));
    }

    // As the server does: when the silence has lasted as long as the detector waits. Of several pauses the last one counts.
    private bool Measure(short[] sound, float[] features)
    {
        using var segmenter = new ActivitySegmenter(detectors.Create(), new ActivitySettings { SilenceDuration = TimeSpan.FromSeconds(5) });
        var track = new ProsodyTrack();
        var (started, isMeasured, isFound) = (0L, false, false);
        foreach (var chunk in sound.Chunk(320))
        {
            ReadOnlySpan<short> samples = chunk;
            while (segmenter.Advance(ref samples, out var transition))
                started = transition.Sample;
            track.Process(chunk);
            var silence = segmenter.IsActive ? segmenter.Position - segmenter.SpeechEnd : 0;
            if (PcmFormat.Hz16000.DurationOf(silence) < ProsodyTurnDetector.RatedAfter)
            {
                isMeasured = false;
                continue;
            }
            if (isMeasured)
                continue;
            ProsodyFeatures.Write(track, track.Frames - (silence / ProsodyTrack.FrameSamples), PcmFormat.Hz16000.DurationOf(segmenter.SpeechEnd - started), features);
            isMeasured = isFound = true;
        }
        return isFound && isMeasured;
    }

    private static string Mishear(string words, Random random) => string.Join(' ', words.Split(' ').Select(word =>
        random.NextDouble() < WordErrors ? random.Next(4) == 0 ? "" : Misheard[random.Next(Misheard.Length)] : word).Where(word => word.Length > 0));

    /// <summary>The start of the longest pause inside; null if there is none.</summary>
    internal static int? Pause(short[] sound)
    {
        var (best, length, run) = (0, 0, 0);
        for (var i = 0; i + 160 <= sound.Length; i += 160)
        {
            run = Peak(sound, i) < 250 ? run + 1 : 0;
            if (run > length && i > 3_200)
                (best, length) = (i - ((run - 1) * 160), run);
        }
        return length >= 5 ? best : null;
    }

    // One of the quietest places between a quarter and five sixths of the audio.
    private static int? Quietest(short[] sound, Random random)
    {
        var places = Enumerable.Range(0, sound.Length / 160).Select(i => i * 160)
            .Where(at => at > Math.Max(4_800, sound.Length / 4) && at < Math.Min(sound.Length - 4_800, sound.Length * 5 / 6)).OrderBy(at => Peak(sound, at)).Take(6).ToArray();
        return places.Length == 0 ? null : places[random.Next(places.Length)];
    }

    private static short[] Fade(short[] sound)
    {
        const int Length = 480;
        for (var i = 0; i < Length; i++)
            sound[^(i + 1)] = (short)(sound[^(i + 1)] * (i / (double)Length));
        return sound;
    }

    private static int Peak(short[] sound, int at) => sound.AsSpan(at, 160).ToArray().Max(sample => Math.Abs((int)sample));
}
