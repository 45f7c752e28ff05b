using System.CommandLine;
using Parley.Bench.Speech.Corpora;
using Parley.Speech;

namespace Parley.Bench.Speech.Interruptions;

/// <summary>
/// Audio from the first sample of speech to <c>interrupted</c>, and answers interrupted by other sounds: with a fixed duration of speech, as
/// a client asks for with <c>prefixPaddingMs</c>, and with evidence.
/// </summary>
internal static class BargeInCommand
{
    private const int FixedPrefixMs = 100;

    internal static Command Create()
    {
        var every = new Option<int>("--every") { Description = "Use only every n-th scene, for a quick run", DefaultValueFactory = _ => 1 };
        var trace = new Option<string?>("--trace") { Description = "File for the probability and the level of every window of every scene" };
        var command = new Command("barge-in", "Time to an interruption and false interruptions on a labelled set (about two minutes)") { every, trace };
        command.SetAction((arguments, token) => RunAsync(arguments.GetValue(every), arguments.GetValue(trace), token));
        return command;
    }

    private static async Task RunAsync(int every, string? trace, CancellationToken cancellationToken)
    {
        var (answer16, answer24) = await AnswerAsync(cancellationToken);
        var scenes = (await InterruptionSet.MakeAsync(answer16, cancellationToken)).Where((_, i) => i % every == 0).ToArray();
        var silero = SileroVoiceActivityDetectors.TryCreate(out var found, out var missing) ? found : throw new InvalidOperationException(missing);
        using (silero)
        {
            if (trace is not null)
                await TraceAsync(silero, scenes, trace, cancellationToken);
            Table.Head("scenes", "number", "detection", "interrupted", "speech to interrupted p50, ms", "p95, ms", "least", "most");
            foreach (var prefix in (int?[])[FixedPrefixMs, null])
            {
                var outcomes = new List<(Interruption Scene, int? Heard)>();
                foreach (var scene in scenes)
                    outcomes.Add((scene, await VirtualSession.ListenAsync(silero, answer24, scene, prefix, cancellationToken)));
                Report("all speech", outcomes.Where(one => one.Scene.SpeechFrom >= 0), prefix);
                foreach (var group in outcomes.GroupBy(one => one.Scene.Group))
                    Report(group.Key, group, prefix);
            }
        }
    }

    private static void Report(string group, IEnumerable<(Interruption Scene, int? Heard)> outcomes, int? prefix)
    {
        var all = outcomes.ToArray();
        var isSpeech = all[0].Scene.SpeechFrom >= 0;
        var waits = all.Where(one => one.Heard is not null && isSpeech).Select(one => (one.Heard!.Value - one.Scene.SpeechFrom) / 16.0).ToArray();
        Table.Row(
            group, Table.Number(all.Length), prefix is { } ms ? $"{ms} ms of speech" : "evidence", Table.Number(all.Count(one => one.Heard is not null)),
            isSpeech ? Table.Number(Table.Percentile(waits, 0.5)) : "–", isSpeech ? Table.Number(Table.Percentile(waits, 0.95)) : "–",
            isSpeech ? Table.Number(waits.Min()) : "–", isSpeech ? Table.Number(waits.Max()) : "–");
    }

    // Ten seconds of a story.
    private static async Task<(short[] At16, byte[] At24)> AnswerAsync(CancellationToken cancellationToken)
    {
        using var voices = new Voices();
        const string story = "Once upon a time there was a small village at the foot of a mountain, and in it lived a clockmaker who never slept.";
        var sound = await voices.SayAsync(string.Join(' ', Enumerable.Repeat(story, 2)), "rms", cancellationToken);
        var up = new Resampler(16_000, 24_000);
        var louder = new short[up.MaxOutputSamples(sound.Length)];
        return (sound, Pcm.ToBytes(louder.AsSpan(0, up.Process(sound, louder))));
    }

    private static async Task TraceAsync(SileroVoiceActivityDetectors silero, Interruption[] scenes, string file, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(file);
        foreach (var scene in scenes)
        {
            using var detector = silero.Create();
            var windows = scene.Sound.Chunk(detector.WindowSamples).Where(window => window.Length == detector.WindowSamples)
                .Select(window => FormattableString.Invariant($"{detector.Process(window):0.000}/{10 * Math.Log10(1 + window.Average(sample => (double)sample * sample)):0.0}"));
            await writer.WriteLineAsync($"{scene.Group}\t{scene.SpeechFrom}\t{string.Join(' ', windows)}".AsMemory(), cancellationToken);
        }
    }
}
