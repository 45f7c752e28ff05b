using System.CommandLine;
using System.Diagnostics;
using Parley.Assistant.Languages;
using Parley.Bench.Speech.Corpora;
using Parley.Server.Storage;
using Parley.Speech;

namespace Parley.Bench.Speech.Engines;

/// <summary>Memory of engines and workers, as the kernel counts it.</summary>
internal static class MemoryCost
{
    internal static Command Create()
    {
        var command = new Command("engines", "Memory of single engines and workers");
        command.SetAction((_, _) => PrintAsync());
        return command;
    }

    private static async Task PrintAsync()
    {
        Console.WriteLine("| process | private MB | resident MB |");
        Console.WriteLine("|---|---:|---:|");
        if (FliteSynthesizer.TryCreate(new() { MaxVoices = 1 }, null, null, out var flite, out _))
        {
            using (flite)
            {
                await foreach (var chunk in flite.SpeakAsync("Hello there.", VoiceCatalog.Default))
                    continue;
                Print("flite worker, one voice used", flite.ProcessIds[0]);
            }
        }
        if (!PocketSphinxRecognizer.TryCreate(new() { MaxDecoders = 1 }, null, null, out var recognizer, out var problem))
            throw new InvalidOperationException(problem);
        using (recognizer)
        {
            await UseAsync(recognizer, []);
            Print("pocketsphinx worker, free speech", recognizer.ProcessIds[0]);
            await UseAsync(recognizer, ["turn (on | off) the lights"]);
            Print("pocketsphinx worker, with phrases", recognizer.ProcessIds[0]);
        }

        using var self = Process.GetCurrentProcess();
        var before = self.WorkingSet64;
        if (SileroVoiceActivityDetectors.TryCreate(out var silero, out _))
        {
            using (silero)
            {
                using var first = silero.Create();
                first.Process(new short[512]);
                self.Refresh();
                Console.WriteLine($"| silero with ONNX Runtime, in process | | {(self.WorkingSet64 - before) / 1e6:0} |");
            }
        }
    }

    private static async Task UseAsync(PocketSphinxRecognizer recognizer, string[] phrases)
    {
        var recognition = recognizer.Start(new RecognitionRequest { Phrases = phrases });
        await using (recognition)
        {
            recognition.Accept(Debian.Books.First().Sound);
            await recognition.FinishAsync();
        }
    }

    private static void Print(string name, int process)
    {
        var lines = File.ReadLines($"/proc/{process}/smaps_rollup").ToList();
        Console.WriteLine($"| {name} | {Of("Private_Dirty:") / 1e3:0} | {Of("Rss:") / 1e3:0} |");

        double Of(string field) => double.Parse(
            lines.First(line => line.StartsWith(field, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            System.Globalization.CultureInfo.InvariantCulture);
    }
}
