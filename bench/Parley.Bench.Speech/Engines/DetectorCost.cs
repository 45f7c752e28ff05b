using System.CommandLine;
using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Parley.Server.Storage;
using Parley.Speech;
using Parley.Speech.Activity;

namespace Parley.Bench.Speech.Engines;

/// <summary>
/// Cost of a window of voice activity detection: alone, compared to the energy detector, and with many streams in one inference.
/// </summary>
internal static class DetectorCost
{
    private const int Rounds = 1_000;

    internal static Command Create()
    {
        var command = new Command("vad", "One window of activity detection: alone, and many streams in one inference");
        command.SetAction(_ => Print());
        return command;
    }

    private static void Print()
    {
        Console.WriteLine("| detector | best us per window | median us | bytes per window |");
        Console.WriteLine("|---|---:|---:|---:|");
        if (!SileroVoiceActivityDetectors.TryCreate(out var silero, out var problem))
            throw new InvalidOperationException(problem);
        using (silero)
            Measure("silero, 32 ms", silero.Create());
        Measure("energy, 20 ms", new EnergyVoiceActivityDetector());
        Measure("reference: the power of 32 ms, a sample at a time", new ScalarPower());

        Console.WriteLine();
        Console.WriteLine("| streams in one inference | best us per stream and window | median us |");
        Console.WriteLine("|---:|---:|---:|");
        foreach (var streams in (int[])[1, 2, 4, 8, 16, 32])
            MeasureBatch(streams);
    }

    private static void Measure(string name, IVoiceActivityDetector detector)
    {
        using var owned = detector;
        var window = Noise(detector.WindowSamples);
        for (var i = 0; i < 200; i++)
            detector.Process(window);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var times = Times(() => detector.Process(window));
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)Rounds;
        Console.WriteLine($"| {name} | {times[0]:0.0} | {times[Rounds / 2]:0.0} | {Math.Max(0, bytes - TimesBytes):0} |");
    }

    // Allocated by the measurement itself.
    private static double TimesBytes => (Rounds * sizeof(double) / (double)Rounds) + 1;

    private static void MeasureBatch(int streams)
    {
        using var resource = typeof(SileroVoiceActivityDetectors).Assembly.GetManifestResourceStream("silero_vad_v6.onnx")!;
        var model = new byte[resource.Length];
        resource.ReadExactly(model);
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, EnableCpuMemArena = false };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        using var session = new InferenceSession(model, options);
        using var run = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(Noise(streams * 576).Select(sample => sample / 32_768f).ToArray(), [streams, 576]);
        using var state = OrtValue.CreateTensorValueFromMemory(new float[2 * streams * 128], [2, streams, 128]);
        using var next = OrtValue.CreateTensorValueFromMemory(new float[2 * streams * 128], [2, streams, 128]);
        using var rate = OrtValue.CreateTensorValueFromMemory(new long[] { 16_000 }, []);
        using var output = OrtValue.CreateTensorValueFromMemory(new float[streams], [streams, 1]);
        using var binding = session.CreateIoBinding();
        binding.BindInput("input", input);
        binding.BindInput("state", state);
        binding.BindInput("sr", rate);
        binding.BindOutput("output", output);
        binding.BindOutput("stateN", next);
        for (var i = 0; i < 50; i++)
            session.RunWithBinding(run, binding);
        var times = Times(() => session.RunWithBinding(run, binding));
        Console.WriteLine($"| {streams} | {times[0] / streams:0.0} | {times[Rounds / 2] / streams:0.0} |");
    }

    private static double[] Times(Action action)
    {
        var times = new double[Rounds];
        for (var i = 0; i < Rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
        Array.Sort(times);
        return times;
    }

    /// <summary>The simplest possible activity detection, in a plain loop.</summary>
    private sealed class ScalarPower : IVoiceActivityDetector
    {
        public int WindowSamples => 512;

        public float Process(ReadOnlySpan<short> window)
        {
            var sum = 0.0;
            foreach (var sample in window)
                sum += (double)sample * sample;
            return sum / window.Length > 250_000 ? 1 : 0;
        }

        public void Reset()
        {
        }

        public void Dispose()
        {
        }
    }

    private static short[] Noise(int samples)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, samples).Select(_ => (short)random.Next(-8_000, 8_000))];
    }
}
