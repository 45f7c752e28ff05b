using Parley.Bench.Speech.Corpora;

namespace Parley.Bench.Speech.Endpointing;

/// <summary>
/// The labelled set for endpointing. Speech is composed of fragments with pauses of known length, so the end of each turn is known to the
/// sample. The same scenes are repeated with room noise 15 dB below the speech. The other scenes contain no speech.
/// </summary>
internal static class LabelledSet
{
    private const double Before = 600;
    private const double Behind = 3_000;
    private const double NoiseBelow = 0.178; // 15 dB

    // The bars are pauses. The words before a bar are not a complete request.
    private static readonly string[] Broken =
    [
        "what is the weather in | oslo", "set the volume to | forty five", "call the function | get weather with city new york", "turn on the lights in the | kitchen",
        "i would like to | know what time it is", "what is seven times | six", "tell me a story about a | dragon and a | princess", "my number is two nine | three four zero",
    ];

    private static readonly string[] Whole =
    [
        "what time is it", "thank you", "yes please", "stop", "what is the weather in paris", "tell me a joke", "how are you today", "good morning", "turn off the lights", "what can you do",
    ];

    private static readonly string[] BackChannels = ["mhm", "uh huh", "right", "okay"];

    private static readonly string[] ToOthers = ["lunch is ready", "i told him that yesterday", "put it on the table please", "where did you leave the keys"];

    private static readonly double[] Pauses = [300, 500, 700, 900, 1_100];

    internal static async Task<IReadOnlyList<Scene>> MakeAsync(CancellationToken cancellationToken)
    {
        using var voices = new Voices();
        List<Scene> scenes = [];
        string[] speakers = ["kal16", "rms"];
        foreach (var speaker in speakers)
        {
            foreach (var sentence in Broken)
            {
                List<short[]> parts = [];
                foreach (var fragment in sentence.Split('|', StringSplitOptions.TrimEntries))
                    parts.Add(await voices.SayAsync(fragment, speaker, cancellationToken));
                foreach (var pause in speaker == "kal16" ? Pauses : [500, 900])
                    scenes.Add(Speech(FormattableString.Invariant($"a pause of {pause:0} ms within"), parts, pause));
            }
            foreach (var sentence in Whole)
                scenes.Add(Speech("said in one breath", [await voices.SayAsync(sentence, speaker, cancellationToken)], 0));
        }
        foreach (var clip in Debian.Books.Concat(Debian.Commands))
            scenes.Add(Speech("recorded people", [Sounds.Trim(clip.Sound)], 0));

        // After the speech, so that the sets before stay as they were.
        List<Scene> asides = [.. Enumerable.Range(0, 8).Select(i => Aside("coughs", Cough(i)))];
        foreach (var speaker in speakers)
        {
            foreach (var sound in BackChannels)
                asides.Add(Aside("backchannels", await voices.SayAsync(sound, speaker, cancellationToken)));
            foreach (var sentence in ToOthers)
                asides.Add(Aside("speech to others", await voices.SayAsync(sentence, speaker, cancellationToken)));
        }

        List<Scene> noisy = [.. scenes.Where((_, i) => i % 2 == 0).Select((scene, i) => scene with
        {
            Group = "in a noisy room",
            Sound = Sounds.Mix(scene.Sound, Sounds.Noise(scene.Sound.Length / 16.0, Sounds.Level(scene.Sound) * NoiseBelow, seed: i)),
        })];
        var music = await Debian.MusicAsync(cancellationToken);
        return
        [
            .. scenes, .. noisy, .. asides,
            new("silence, a minute", Sounds.Silence(60_000), 0),
            new("room noise, a minute", Sounds.Noise(60_000, 600, seed: 1), 0),
            new("loud noise, a minute", Sounds.Noise(60_000, 5_000, seed: 2), 0),
            new("music, a minute", music, 0),
        ];
    }

    private static Scene Aside(string group, short[] sound)
    {
        var scene = Speech(group, [sound], 0);
        return new(scene.Group, scene.Sound, scene.SpeechEnd, IsTurn: false);
    }

    // Two bursts of noise that rise within 15 ms and fade within a fifth of a second.
    private static short[] Cough(int seed)
    {
        var noise = Sounds.Noise(450, 9_000, seed: 100 + seed);
        for (var i = 0; i < noise.Length; i++)
        {
            var at = i % 4_000 / 16.0;
            noise[i] = (short)(noise[i] * Math.Min(at / 15, 1) * Math.Exp(-at / (60 + (5 * seed))));
        }
        return noise;
    }

    private static Scene Speech(string group, List<short[]> parts, double pause)
    {
        List<short> sound = [.. Sounds.Silence(Before)];
        for (var i = 0; i < parts.Count; i++)
            sound.AddRange(i == 0 ? parts[i] : [.. Sounds.Silence(pause), .. parts[i]]);
        var end = sound.Count;
        sound.AddRange(Sounds.Silence(Behind));
        return new(group, [.. sound], end);
    }
}
