using System.CommandLine;
using Parley.Speech;
using Parley.Speech.TurnTaking;
using Parley.Speech.TurnTaking.Prosody;

namespace Parley.Bench.Speech.Endpointing;

/// <summary>
/// Turns that were cut early, and the waiting time after the end of speech, with each turn detector; and the curve of both.
/// </summary>
internal static class EndpointingCommand
{
    private static readonly string[] Sets = ["labelled", "held-out", "recorded"];

    internal static Command Create()
    {
        var silence = new Option<int>("--silence") { Description = "Silence that ends a turn, in milliseconds", DefaultValueFactory = _ => 800 };
        var every = new Option<int>("--every") { Description = "Use only every n-th scene, for a quick run", DefaultValueFactory = _ => 1 };
        var cache = new Option<string?>("--cache") { Description = "Folder for the transcripts, so that a second run is fast" };
        var set = new Option<string>("--set") { Description = "Scenes: labelled, held-out or recorded", DefaultValueFactory = _ => Sets[0] };
        set.AcceptOnlyFromAmong(Sets);
        var curve = new Option<string?>("--curve") { Description = "File for a picture of early cuts against waiting time (SVG); also prints its table" };
        var model = new Option<string?>("--model") { Description = "Smart Turn v3 as an ONNX file, to compare it too" };
        var command = new Command("endpointing", "Early cuts and waiting on scenes with known ends of turns (about 10 minutes)") { silence, every, cache, set, curve, model };
        command.SetAction(async (arguments, token) =>
        {
            var scenes = await ScenesAsync(arguments.GetValue(set)!, token);
            using var decodings = new Decodings(arguments.GetValue(cache));
            using var silero = SileroVoiceActivityDetectors.TryCreate(out var found, out var missing) ? found : throw new InvalidOperationException(missing);
            List<(string Name, ITurnDetectors? Detectors)> variants =
            [
                ("silence only", null), ("rules", new TranscriptTurnDetectors()),
                ("prosody", ProsodyTurnDetectors.ByVoice()), ("both", ProsodyTurnDetectors.ByVoiceAndWords()),
            ];
            using var smartTurn = arguments.GetValue(model) is { } file ? new SmartTurnInStep(file) : null;
            if (smartTurn is not null)
                variants.Add((smartTurn.Name, smartTurn));
            var run = new EndpointingRun([.. scenes.Where((_, i) => i % arguments.GetValue(every) == 0)], decodings, variants);
            if (arguments.GetValue(curve) is { } picture)
                run.Curve(new RecordedActivity(silero), picture, token);
            else
                run.Tables([new RecordedActivity(silero), new RecordedActivity(new EnergyVoiceActivityDetectors())], TimeSpan.FromMilliseconds(arguments.GetValue(silence)), token);
        });
        return command;
    }

    private static Task<IReadOnlyList<Scene>> ScenesAsync(string set, CancellationToken cancellationToken) => set switch
    {
        "held-out" => OtherSets.SyntheticAsync(cancellationToken),
        "recorded" => OtherSets.RecordedAsync(cancellationToken),
        _ => LabelledSet.MakeAsync(cancellationToken),
    };
}
