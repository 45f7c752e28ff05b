using System.CommandLine;
using Microsoft.ML.OnnxRuntime;
using Parley.Bench.Speech.Corpora;
using Parley.Speech;

namespace Parley.Bench.Speech.Activity;

/// <summary>What it costs to find speech: the network against the energy detector, and the network with several streams in one call.</summary>
internal static class ActivityCommand
{
    private const int Rounds = 20;
    private const int WindowsPerRound = 500;

    internal static Command Create()
    {
        var command = new Command("vad", "Cost of finding speech, for each stream (about a minute)");
        command.SetAction((_, token) => RunAsync(token));
        return command;
    }

    private static async Task RunAsync(CancellationToken cancellationToken)
    {
        using var voices = new Voices();
        var speech = Sounds.Mix(await voices.SayAsync(string.Join(". ", Requests.Sentences), "kal16", cancellationToken), Sounds.Noise(1_000, 300, seed: 1));
        Table.Head("detector", "window, ms", "µs/window, best", "µs/window, median", "streams a core can hear", "allocated, B/window");
        Measure(new EnergyVoiceActivityDetectors(), speech);
        using var silero = SileroVoiceActivityDetectors.TryCreate(out var found, out var problem) ? found : throw new InvalidOperationException(problem);
        Measure(silero, speech);
        Console.WriteLine();
        Table.Head("streams in one call", "µs/stream and window, best", "median");
        using var network = LoadNetwork();
        foreach (var streams in (int[])[1, 2, 4, 8, 16, 32])
            MeasureBatch(network, streams);
    }

    private static void Measure(IVoiceActivityDetectors detectors, short[] speech)
    {
        using var detector = detectors.Create();
        var window = detector.WindowSamples;
        var at = 0;
        Run(); // warm
        List<double> times = [];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++)
        {
            var started = TimeProvider.System.GetTimestamp();
            Run();
            times.Add(TimeProvider.System.GetElapsedTime(started).TotalMicroseconds / WindowsPerRound);
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var milliseconds = window / 16.0;
        Table.Row(
            detectors.Name, Table.Number(milliseconds), Table.Number(times.Min()), Table.Number(Table.Percentile(times, 0.5)),
            Table.Number(milliseconds * 1_000 / times.Min()), Table.Number((double)allocated / (Rounds * WindowsPerRound)));

        void Run()
        {
            for (var i = 0; i < WindowsPerRound; i++)
            {
                at = at + window > speech.Length ? 0 : at;
                detector.Process(speech.AsSpan(at, window));
                at += window;
            }
        }
    }

    private static void MeasureBatch(InferenceSession network, int streams)
    {
        const int Input = 64 + 512;
        var (input, state, next, result) = (new float[streams * Input], new float[2 * streams * 128], new float[2 * streams * 128], new float[streams]);
        var random = new Random(1);
        for (var i = 0; i < input.Length; i++)
            input[i] = (float)(random.NextDouble() - 0.5) * 0.1f;
        using var values = new DisposableValues();
        using var binding = network.CreateIoBinding();
        binding.BindInput("input", values.Add(OrtValue.CreateTensorValueFromMemory(input, [streams, Input])));
        binding.BindInput("state", values.Add(OrtValue.CreateTensorValueFromMemory(state, [2, streams, 128])));
        binding.BindInput("sr", values.Add(OrtValue.CreateTensorValueFromMemory(new long[] { 16_000 }, [])));
        binding.BindOutput("output", values.Add(OrtValue.CreateTensorValueFromMemory(result, [streams, 1])));
        binding.BindOutput("stateN", values.Add(OrtValue.CreateTensorValueFromMemory(next, [2, streams, 128])));
        using var run = new RunOptions();
        var calls = Math.Max(20, WindowsPerRound / streams);
        List<double> times = [];
        for (var round = 0; round <= Rounds; round++)
        {
            var started = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < calls; i++)
                network.RunWithBinding(run, binding);
            if (round > 0)
                times.Add(TimeProvider.System.GetElapsedTime(started).TotalMicroseconds / calls / streams);
        }
        Table.Row(Table.Number(streams), Table.Number(times.Min()), Table.Number(Table.Percentile(times, 0.5)));
    }

    private static InferenceSession LoadNetwork()
    {
        using var resource = typeof(SileroVoiceActivityDetectors).Assembly.GetManifestResourceStream("silero_vad_v6.onnx")!;
        var model = new byte[resource.Length];
        resource.ReadExactly(model);
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, EnableCpuMemArena = false };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return new InferenceSession(model, options);
    }

    private sealed class DisposableValues : IDisposable
    {
        private readonly List<OrtValue> _values = [];

        internal OrtValue Add(OrtValue value)
        {
            _values.Add(value);
            return value;
        }

        public void Dispose() => _values.ForEach(value => value.Dispose());
    }
}
