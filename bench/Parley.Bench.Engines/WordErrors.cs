using System.Diagnostics;
using Parley.Speech;
using Parley.Speech.Worker;

namespace Parley.Bench.Engines;

/// <summary>Word error rates of the embedded recognizer, and how long the transcript takes when all sound is there.</summary>
internal static class WordErrors
{
    private const string Rank = "(ace | two | three | four | five | six | seven | eight | nine | ten | jack | queen | king | lady)";
    private const string Card = Rank + " [of] (clubs | hearts | diamonds | spades)";

    private static readonly string[] Cards = [Card, $"{Rank} {Rank}", $"{Rank} {Card}", $"{Card} {Card}", $"{Card} {Card} {Card}"];

    public static async Task PrintAsync()
    {
        if (!PocketSphinxRecognizer.TryCreate(new() { MaxDecoders = 1 }, null, null, out var recognizer, out var problem))
            throw new InvalidOperationException(problem);
        using var owned = recognizer;
        Console.WriteLine("| speech | words | word errors | sentences right | real-time factor |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        await PrintAsync(recognizer, "books, free", Clips.Books);
        await PrintAsync(recognizer, "cards, free", Clips.Cards);
        await PrintAsync(recognizer, "cards, with phrases", Clips.Cards, Cards);
        if (!FliteSynthesizer.TryCreate(out var flite, out _))
            return;
        using var ownedVoice = flite;
        foreach (var speaker in (string[])["kal16", "slt", "rms", "awb"])
            await PrintAsync(recognizer, $"flite {speaker}, free", await Clips.SpokenAsync(flite, speaker));
    }

    private static async Task PrintAsync(PocketSphinxRecognizer recognizer, string name, List<(short[] Sound, string Words)> clips, params string[] phrases)
    {
        var (words, errors, right) = (0, 0, 0);
        var start = Stopwatch.GetTimestamp();
        foreach (var (sound, said) in clips)
        {
            await using var recognition = recognizer.Start(new RecognitionRequest { Phrases = phrases });
            recognition.Accept(sound);
            var heard = (await recognition.FinishAsync()).Text;
            var wrong = WordSimilarity.Edits(WordSimilarity.Words(said), WordSimilarity.Words(heard));
            (words, errors, right) = (words + WordSimilarity.Words(said).Length, errors + wrong, right + (wrong == 0 ? 1 : 0));
        }
        var factor = Stopwatch.GetElapsedTime(start).TotalSeconds / (clips.Sum(clip => clip.Sound.Length) / 16_000.0);
        Console.WriteLine($"| {name} | {words} | {100.0 * errors / words:0.0} % | {right} of {clips.Count} | {factor:0.00} |");
    }
}
