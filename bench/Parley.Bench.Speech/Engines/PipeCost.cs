using System.CommandLine;
using System.Diagnostics;
using Parley.Server.Storage;
using Parley.Speech;
using Parley.Speech.Worker;
using Parley.Speech.Worker.Pipe;
using Parley.Speech.Worker.Synthesis;
using Parley.Speech.Workers;

namespace Parley.Bench.Speech.Engines;

/// <summary>
/// Cost of the pipe to a worker process: one round trip, and the first audio of a voice compared to in-process synthesis.
/// </summary>
internal static class PipeCost
{
    private const int Rounds = 200;

    internal static Command Create()
    {
        var command = new Command("pipe", "The pipe to a worker process, and the first audio of a voice with and without it (half a minute)");
        command.SetAction((_, _) => PrintAsync());
        return command;
    }

    private static async Task PrintAsync()
    {
        Console.WriteLine("| flite, first audio of \"Hello there, how are you?\" | best ms | median ms | p95 ms |");
        Console.WriteLine("|---|---:|---:|---:|");
        foreach (var speaker in (string[])["kal16", "slt"])
        {
            foreach (var isolation in (EngineIsolation[])[EngineIsolation.InProcess, EngineIsolation.Process])
            {
                if (!FliteSynthesizer.TryCreate(new() { Isolation = isolation }, null, null, out var flite, out var problem))
                    throw new InvalidOperationException(problem);
                using var owned = flite;
                var voice = new SpeechVoice { Name = speaker, BaseVoice = speaker };
                var times = new List<double>();
                for (var i = 0; i < Rounds; i++)
                    times.Add(await FirstSoundAsync(flite, voice));
                Print($"{speaker}, {isolation}", times);
            }
        }

        if (!WorkerHost.TryFind(out var host, out var missing))
            throw new InvalidOperationException(missing);
        var startUp = new List<double>();
        for (var i = 0; i < 10; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var process = new WorkerProcess(host, TimeSpan.FromMinutes(1), TimeProvider.System, WorkerCommand.Flite);
            startUp.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        Print("start of a worker", startUp);

        using var worker = new WorkerProcess(host, TimeSpan.FromMinutes(1), TimeProvider.System, WorkerCommand.Flite);
        var roundTrips = new List<double>();
        for (var i = 0; i < 1_000; i++)
        {
            var start = Stopwatch.GetTimestamp();
            worker.Write(PipeMessage.Speak, new SpeakRequest(i, "", "kal16", 1, 1).ToBytes());
            while (worker.Read(out _) != PipeMessage.Spoken)
            {
            }
            roundTrips.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        Print("round trip to a worker, empty text", roundTrips);
    }

    private static async Task<double> FirstSoundAsync(FliteSynthesizer flite, SpeechVoice voice)
    {
        var start = Stopwatch.GetTimestamp();
        await foreach (var chunk in flite.SpeakAsync("Hello there, how are you?", voice))
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return double.NaN;
    }

    private static void Print(string name, List<double> times)
    {
        times.Sort();
        Console.WriteLine($"| {name} | {times[0]:0.00} | {times[times.Count / 2]:0.00} | {times[times.Count * 95 / 100]:0.00} |");
    }
}
