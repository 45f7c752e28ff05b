using Parley.Bench.Speech.Corpora;

namespace Parley.Bench.Speech.Interruptions;

/// <summary>What the microphone hears while an answer plays.</summary>
/// <param name="Group">Group in the result table.</param>
/// <param name="Sound">16 kHz mono.</param>
/// <param name="SpeechFrom">First sample of speech meant to interrupt; -1 if nothing in it is.</param>
internal sealed record Interruption(string Group, short[] Sound, int SpeechFrom);

/// <summary>
/// The labelled set for barge-in: words that interrupt, in a quiet room, a noisy room and over the echo of the answer; and sounds that should
/// not. Coughs, knocks and keys are made of noise and resonances, with a seed.
/// </summary>
internal static class InterruptionSet
{
    internal const double EchoDelay = 150;

    private const double Before = 2_000;
    private const double Behind = 600;
    private const double NoiseBelow = 0.178; // 15 dB
    private const double EchoBelow = 0.25; // 12 dB

    private static readonly string[] Phrases =
    [
        "stop", "wait a moment", "no that is wrong", "hold on", "what time is it", "excuse me", "actually never mind", "please be quiet", "I have a question", "turn it off", "hey listen", "thank you that is enough",
    ];

    private static readonly string[] BackChannels = ["mm hmm", "uh huh", "yeah", "okay", "right", "I see"];

    /// <param name="answer">The answer that plays, at 16 kHz, from the first sample of each scene on.</param>
    /// <param name="cancellationToken">Cancels the making.</param>
    internal static async Task<IReadOnlyList<Interruption>> MakeAsync(short[] answer, CancellationToken cancellationToken)
    {
        using var voices = new Voices();
        List<short[]> speech = [], murmurs = [];
        foreach (var voice in Voices.Bases)
        {
            foreach (var phrase in Phrases)
                speech.Add(await voices.SayAsync(phrase, voice, cancellationToken));
            foreach (var murmur in BackChannels)
                murmurs.Add(await voices.SayAsync(murmur, voice, cancellationToken));
        }
        var people = Debian.Books.Concat(Debian.Commands).Select(clip => FromSpeech(clip.Sound)).ToList();
        var music = await Debian.MusicAsync(cancellationToken);
        var random = new Random(14);
        List<Interruption> scenes = [];
        foreach (var sound in speech)
        {
            scenes.Add(Spoken("synthetic voices", sound, random, 0, answer: null));
            scenes.Add(Spoken("in a noisy room", sound, random, NoiseBelow, answer: null));
            scenes.Add(Spoken("over the echo of the answer", sound, random, 0, answer));
        }
        scenes.AddRange(people.Select(sound => Spoken("recorded people", sound, random, 0, answer: null)));
        scenes.AddRange(murmurs.Select(sound => Spoken("backchannels", sound, random, 0, answer: null) with { SpeechFrom = -1 }));
        for (var i = 0; i < 24; i++)
        {
            scenes.Add(Other("coughs", Bursts.Cough(random), random));
            scenes.Add(Other("knocks", Bursts.Knocks(random), random));
            scenes.Add(Other("keys", Bursts.Keys(random), random));
            scenes.Add(Other("breaths", Bursts.Breath(random), random));
        }
        for (var i = 0; i < 12; i++)
        {
            scenes.Add(new("noise", Sounds.Noise(5_000, i % 2 == 0 ? 600 : 5_000, seed: 100 + i), -1));
            scenes.Add(new("music", music[(i * 80_000)..((i + 1) * 80_000)], -1));
            scenes.Add(new("echo of the answer", Echo(answer[..80_000], 0.1 + (0.05 * i)), -1));
        }
        return scenes;
    }

    private static Interruption Spoken(string group, short[] speech, Random random, double noise, short[]? answer)
    {
        // Detectors count in windows of 32 ms: every phase is equally likely.
        var from = Sounds.Samples(Before) + random.Next(Sounds.Samples(32));
        short[] sound = [.. new short[from], .. speech, .. Sounds.Silence(Behind)];
        if (noise > 0)
            sound = Sounds.Mix(sound, Sounds.Noise(sound.Length / 16.0, Sounds.Level(speech) * noise, random.Next()));
        if (answer is not null)
            sound = Sounds.Mix(sound, Echo(answer[..sound.Length], EchoBelow));
        return new(group, sound, from);
    }

    // A recording begins with the noise of its room: speech begins where the level comes within 30 dB of its loudest 5 ms.
    private static short[] FromSpeech(short[] recording)
    {
        var levels = recording.Chunk(80).Select(piece => piece.Sum(sample => (double)sample * sample)).ToArray();
        var from = Array.FindIndex(levels, level => level > levels.Max() / 1_000) * 80;
        return recording[from..Math.Min(recording.Length, from + 24_000)];
    }

    private static Interruption Other(string group, short[] burst, Random random) =>
        new(group, Sounds.Mix([.. new short[Sounds.Samples(Before) + random.Next(512)], .. burst, .. Sounds.Silence(Behind)], Sounds.Noise(5_000, 40, random.Next())), -1);

    private static short[] Echo(short[] answer, double level)
    {
        var echo = new short[answer.Length];
        for (var i = Sounds.Samples(EchoDelay); i < echo.Length; i++)
            echo[i] = (short)(answer[i - Sounds.Samples(EchoDelay)] * level);
        return echo;
    }
}
