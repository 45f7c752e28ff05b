using Parley.Bench.Speech.Corpora;
using Parley.Bench.Speech.TurnModels;

namespace Parley.Bench.Speech.Endpointing;

/// <summary>
/// Scenes with pauses of known length in which the voice goes on, unlike those of <see cref="LabelledSet"/>, whose parts are each spoken
/// as a
/// whole sentence: sentences and speakers that no model was trained with, and prompts of a person, whose own pause is made longer.
/// </summary>
internal static class OtherSets
{
    private const double Before = 600;
    private const double Behind = 3_000;
    private const int Seed = 20_261_201;
    private const int SyntheticSentences = 48;
    private const int Prompts = 60;

    private static readonly double[] Pauses = [300, 500, 700, 900, 1_100];

    internal static async Task<IReadOnlyList<Scene>> SyntheticAsync(CancellationToken cancellationToken)
    {
        using var speakers = new Speakers();
        var random = new Random(Seed);
        List<Scene> scenes = [];
        foreach (var (sentence, i) in Sentences.Make(SyntheticSentences, Seed, heldOut: true).Select((sentence, i) => (sentence, i)))
        {
            var speaker = Speakers.HeldOut[i % 2];
            var parts = sentence.TrimStart('?', ':').Split('|', StringSplitOptions.TrimEntries);
            var cut = parts.Length < 2 ? 0 : random.Next(1, parts.Length);
            var text = cut == 0 ? parts[0] : $"{string.Join(' ', parts[..cut])}, {string.Join(' ', parts[cut..])}";
            var sound = await speakers.SayAsync(text, speaker, random, cancellationToken);
            scenes.Add(cut > 0 ? Paused(sound, i) : Scene("without pauses", sound, 0, 0));
        }
        return scenes;
    }

    internal static async Task<IReadOnlyList<Scene>> RecordedAsync(CancellationToken cancellationToken)
    {
        var clips = (await Debian.PromptsAsync(cancellationToken)).Where(clip => clip.Sound.Length < 8 * Sounds.RateHz).ToArray();
        return [.. clips.Where((_, i) => i % Math.Max(1, clips.Length / Prompts) == 0).Take(Prompts).Select((clip, i) => Paused(Sounds.Trim(clip.Sound), i))];
    }

    private static Scene Paused(short[] sound, int number)
    {
        if (TrainingSet.Pause(sound) is not { } at || at > sound.Length - 3_200)
            return Scene("without pauses", sound, 0, 0);
        var pause = Pauses[number % Pauses.Length];
        return Scene(FormattableString.Invariant($"a pause of {pause:0} ms inside"), sound, at, pause);
    }

    private static Scene Scene(string group, short[] sound, int at, double pause)
    {
        short[] speech = at == 0 ? sound : [.. sound[..at], .. Sounds.Silence(pause), .. sound[at..]];
        return new(group, [.. Sounds.Silence(Before), .. speech, .. Sounds.Silence(Behind)], Sounds.Samples(Before) + speech.Length);
    }
}
