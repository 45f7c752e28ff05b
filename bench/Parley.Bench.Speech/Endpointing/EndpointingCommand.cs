using System.CommandLine;
using Parley.Speech;
using Parley.Speech.TurnTaking;

namespace Parley.Bench.Speech.Endpointing;

/// <summary>Turns that were cut off, and the waiting time after the end of speech, with and without turn detection by words.</summary>
internal static class EndpointingCommand
{
    internal static Command Create()
    {
        var silence = new Option<int>("--silence")
        {
            Description = "Silence that ends a turn, in milliseconds",
            DefaultValueFactory = _ => 800,
        };
        var every = new Option<int>("--every") { Description = "Use only every n-th scene, for a quick run", DefaultValueFactory = _ => 1 };
        var cache = new Option<string?>("--cache") { Description = "Folder for the transcripts, so that a second run is fast" };
        var command = new Command("endpointing", "False cut-offs and waiting on a labelled set (about 10 minutes)") { silence, every, cache };
        command.SetAction((arguments, token) => RunAsync(TimeSpan.FromMilliseconds(arguments.GetValue(silence)), arguments.GetValue(every), arguments.GetValue(cache), token));
        return command;
    }

    private static async Task RunAsync(TimeSpan silence, int every, string? cache, CancellationToken cancellationToken)
    {
        var scenes = (await LabelledSet.MakeAsync(cancellationToken)).Where((_, i) => i % every == 0).ToArray();
        using var decodings = new Decodings(cache);
        var silero = SileroVoiceActivityDetectors.TryCreate(out var found, out var missing) ? found : throw new InvalidOperationException(missing);
        using (silero)
        {
            Table.Head("scenes", "number", "detector", "rule", "turns cut off", "turns never ended", "turns without speech", "wait p50, ms", "p95, ms");
            foreach (var (detectors, judge) in Variants(silero))
                Report(scenes, new TurnTaker(detectors, decodings, judge, silence), detectors.Name, judge is null ? "no" : "yes", cancellationToken);
        }
    }

    private static IEnumerable<(IVoiceActivityDetectors Detectors, ITurnDetectors? Judge)> Variants(SileroVoiceActivityDetectors silero)
    {
        yield return (silero, null);
        yield return (silero, new TranscriptTurnDetectors());
        yield return (new EnergyVoiceActivityDetectors(), null);
        yield return (new EnergyVoiceActivityDetectors(), new TranscriptTurnDetectors());
    }

    private static void Report(Scene[] scenes, TurnTaker taker, string detector, string rule, CancellationToken cancellationToken)
    {
        var outcomes = new List<(Scene Scene, Outcome Outcome)>();
        foreach (var scene in scenes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            outcomes.Add((scene, taker.Listen(scene)));
        }
        var speech = outcomes.Where(one => one.Scene.SpeechEnd > 0).ToArray();
        Line("all speech", speech);
        foreach (var group in outcomes.GroupBy(one => one.Scene.Group))
            Line(group.Key, [.. group]);

        void Line(string name, (Scene Scene, Outcome Outcome)[] some)
        {
            if (some.Length == 0)
                return;
            var isSpeech = some[0].Scene.SpeechEnd > 0;
            var waits = some.Select(one => one.Outcome.Latency).Where(double.IsFinite).ToArray();
            Table.Row(
                name, Table.Number(some.Length), detector, rule,
                isSpeech ? Table.Number(some.Sum(one => one.Outcome.EarlyEnds)) : "–",
                isSpeech ? Table.Number(some.Count(one => double.IsNaN(one.Outcome.Latency))) : "–",
                isSpeech ? "–" : Table.Number(some.Sum(one => one.Outcome.Starts)),
                isSpeech ? Table.Number(Table.Percentile(waits, 0.5)) : "–", isSpeech ? Table.Number(Table.Percentile(waits, 0.95)) : "–");
        }
    }
}
