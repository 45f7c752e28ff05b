using System.CommandLine;
using System.Globalization;
using System.Text;
using Parley.Bench.Speech.Corpora;
using Parley.Speech;
using Parley.Speech.TurnTaking.Prosody;

namespace Parley.Bench.Speech.TurnModels;

/// <summary>
/// Trains the models "prosody" and "both" of turn detection, and reports how well they rate speakers and sentences they do not know.
/// </summary>
internal static class TurnModelCommand
{
    private const int Seed = 20_261_130;

    internal static Command Create()
    {
        var output = new Option<string?>("--out") { Description = "File for the weights: src/Parley.Speech/TurnTaking/Prosody/turn_models.txt" };
        var sentences = new Option<int>("--sentences") { Description = "Sentences of the training set", DefaultValueFactory = _ => 560 };
        var command = new Command("turn-model", "Trains turn detection by prosody and words on synthetic speakers (minutes)") { output, sentences };
        var dump = new Option<string?>("--examples") { Description = "File for the features of all pauses, as tab-separated values" };
        command.Add(dump);
        command.SetAction((arguments, token) => RunAsync(arguments.GetValue(output), arguments.GetValue(dump), arguments.GetValue(sentences), token));
        return command;
    }

    private static async Task RunAsync(string? output, string? dump, int sentences, CancellationToken cancellationToken)
    {
        using var silero = SileroVoiceActivityDetectors.TryCreate(out var found, out var missing) ? found : throw new InvalidOperationException(missing);
        var set = new TrainingSet(silero);
        var training = await set.MakeAsync(Sentences.Make(sentences, Seed, heldOut: false), Speakers.Training, Seed, cancellationToken);
        var heldOut = await set.MakeAsync(Sentences.Make(Math.Max(12, sentences / 4), Seed + 1, heldOut: true), Speakers.HeldOut, Seed + 1, cancellationToken);
        var recorded = set.Of("recorded", await Debian.PromptsAsync(cancellationToken), Seed);
        if (dump is not null)
            await File.WriteAllLinesAsync(dump, training.Concat(heldOut).Concat(recorded).Select(one => string.Join('\t', one.Features.Select(feature => feature.ToString(CultureInfo.InvariantCulture)).Prepend(one.IsOver ? "1" : "0").Prepend(one.Speaker))), cancellationToken);
        Console.WriteLine($"{training.Count} pauses of {Speakers.Training.Count} speakers, {training.Count(one => one.IsOver)} at the end of a turn; held out: {heldOut.Count} of {Speakers.HeldOut.Count}, {heldOut.Count(one => one.IsOver)}; recorded: {recorded.Count}, {recorded.Count(one => one.IsOver)}");
        Console.WriteLine();
        Table.Head(
            "model", "features", "order, training", "held out", "recorded", "errors at 0.5, held out", "recorded", "over and above 0.8, held out", "not over and above 0.8, held out");
        var text = new StringBuilder("# Weights of turn detection, made by: bench/Parley.Bench.Speech -- turn-model. Format: TurnModel.cs.\n");
        foreach (var (name, first, count) in ((string, int, int)[])
            [("prosody", 0, ProsodyFeatures.Count), ("words", ProsodyFeatures.Count, WordFeatures.Count), ("both", 0, TrainingSet.Features)])
        {
            var weights = Trainer.Train(training, first, count);
            var model = new TurnModel(weights);
            var (known, unknown, people) = (Rate(model, training, first, count), Rate(model, heldOut, first, count), Rate(model, recorded, first, count));
            Table.Row(
                name, Table.Number(count), Table.Number(Area(known)), Table.Number(Area(unknown)), Table.Number(Area(people)), Table.Percent(Errors(unknown)), Table.Percent(Errors(people)),
                Table.Percent(unknown.Count(one => one is { IsOver: true, Probability: > 0.8f }) / (double)unknown.Count(one => one.IsOver)),
                Table.Percent(unknown.Count(one => one is { IsOver: false, Probability: > 0.8f }) / (double)unknown.Count(one => !one.IsOver)));
            if (name != "words")
                text.Append(name).Append(' ').AppendJoin(' ', weights.Select(weight => weight.ToString("0.####", CultureInfo.InvariantCulture))).Append('\n');
        }
        if (output is not null)
            await File.WriteAllTextAsync(output, text.ToString(), cancellationToken);
    }

    private static List<(float Probability, bool IsOver)> Rate(TurnModel model, IReadOnlyList<Example> examples, int first, int count) =>
        [.. examples.Select(one => (model.Rate(one.Features.AsSpan(first, count)), one.IsOver))];

    // Ends and pauses inside count the same.
    private static double Errors(List<(float Probability, bool IsOver)> rated) =>
        (rated.Where(one => one.IsOver).Average(one => one.Probability > 0.5f ? 0 : 1) + rated.Where(one => !one.IsOver).Average(one => one.Probability > 0.5f ? 1 : 0)) / 2;

    // The share of pairs of an end and a pause inside that are ordered correctly.
    private static double Area(List<(float Probability, bool IsOver)> rated)
    {
        var others = rated.Where(one => !one.IsOver).Select(one => one.Probability).ToArray();
        return rated.Where(one => one.IsOver).Average(end => others.Average(other => end.Probability > other ? 1 : end.Probability == other ? 0.5 : 0));
    }
}
