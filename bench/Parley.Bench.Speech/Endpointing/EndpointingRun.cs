using System.Globalization;
using Parley.Speech;

namespace Parley.Bench.Speech.Endpointing;

/// <summary>Scenes run with several turn detectors: tables for one silence, or a curve over many.</summary>
internal sealed class EndpointingRun(Scene[] scenes, Decodings decodings, IReadOnlyList<(string Name, ITurnDetectors? Detectors)> variants)
{
    private const double Short = 0.5;

    private static readonly int[] Silences = [200, 300, 400, 500, 600, 700, 800, 900, 1_000, 1_100, 1_200, 1_400, 1_600];

    private static readonly HashSet<string> BackChannels = new(new Parley.Cascade.CascadeOptions().BackChannels, StringComparer.OrdinalIgnoreCase);

    internal void Tables(IReadOnlyList<RecordedActivity> activities, TimeSpan silence, CancellationToken cancellationToken)
    {
        Table.Head("scenes", "number", "activity", "turn detector", "turns cut early", "turns never ended", "turns without speech", "wait p50, ms", "p95, ms");
        foreach (var activity in activities)
        {
            foreach (var (name, detectors) in variants)
                Report(activity, name, Listen(activity, detectors, silence, cancellationToken));
        }
    }

    internal void Curve(RecordedActivity activity, string file, CancellationToken cancellationToken)
    {
        var speech = scenes.Count(scene => scene.IsTurn);
        Table.Head(["silence, ms", .. variants.SelectMany(one => new[] { $"{one.Name}: cut early", "wait p50, ms", "p95, ms" })]);
        var lines = variants.Select(one => (one.Name, Points: new List<(double Wait, double Cuts)>())).ToArray();
        foreach (var silence in Silences)
        {
            List<string> cells = [];
            for (var i = 0; i < variants.Count; i++)
            {
                var outcomes = Listen(activity, variants[i].Detectors, TimeSpan.FromMilliseconds(silence), cancellationToken).Where(one => one.Scene.IsTurn).Select(one => one.Outcome).ToArray();
                var waits = outcomes.Select(one => one.Latency).Where(double.IsFinite).ToArray();
                var (cuts, median) = (outcomes.Sum(one => one.EarlyEnds), Table.Percentile(waits, 0.5));
                lines[i].Points.Add((median, cuts));
                cells.AddRange([Table.Number(cuts), Table.Number(median), Table.Number(Table.Percentile(waits, 0.95))]);
            }
            Table.Row([silence.ToString(CultureInfo.InvariantCulture), .. cells]);
        }
        File.WriteAllText(file, new Chart($"Turns cut early of {speech}, by the median wait", "median wait after the end of speech, ms", "turns cut early").Draw(lines));
    }

    private List<(Scene Scene, Outcome Outcome)> Listen(RecordedActivity activity, ITurnDetectors? detectors, TimeSpan silence, CancellationToken cancellationToken)
    {
        var taker = new TurnTaker(activity, decodings, detectors, silence);
        List<(Scene, Outcome)> outcomes = [];
        foreach (var scene in scenes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            outcomes.Add((scene, taker.Listen(scene)));
        }
        return outcomes;
    }

    private static void Report(RecordedActivity activity, string detector, List<(Scene Scene, Outcome Outcome)> outcomes)
    {
        Line("all speech", [.. outcomes.Where(one => one.Scene.IsTurn)]);
        foreach (var group in outcomes.GroupBy(one => one.Scene.Group))
            Line(group.Key, [.. group]);

        void Line(string name, (Scene Scene, Outcome Outcome)[] some)
        {
            if (some.Length == 0)
                return;
            var isSpeech = some[0].Scene.SpeechEnd > 0;
            var waits = some.Select(one => one.Outcome.Latency).Where(double.IsFinite).ToArray();
            var asides = some[0].Scene is { IsTurn: false, SpeechEnd: > 0 }
                ? $"; {some.Count(one => one.Outcome.Speech.TotalSeconds is > 0 and < Short)} shorter than 0.5 s, {some.Count(one => IsBackChannel(one.Outcome.Words))} only backchannels, {some.Sum(one => one.Outcome.Starts)} turns"
                : "";
            Table.Row(
                name + asides, Table.Number(some.Length), activity.Name, detector,
                isSpeech ? Table.Number(some.Sum(one => one.Outcome.EarlyEnds)) : "–",
                isSpeech ? Table.Number(some.Count(one => double.IsNaN(one.Outcome.Latency))) : "–",
                isSpeech ? "–" : Table.Number(some.Sum(one => one.Outcome.Starts)),
                waits.Length > 0 ? Table.Number(Table.Percentile(waits, 0.5)) : "–", waits.Length > 0 ? Table.Number(Table.Percentile(waits, 0.95)) : "–");
        }
    }

    private static bool IsBackChannel(string words) => words.Length > 0 && words.Split(' ').All(BackChannels.Contains);
}
