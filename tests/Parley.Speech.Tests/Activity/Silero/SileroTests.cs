using System.Diagnostics;
using Parley.Speech.Activity;
using Parley.Speech.Activity.Silero;
using Parley.TestKit;

namespace Parley.Speech.Tests;

public sealed class SileroTests : IDisposable
{
    private readonly SileroVoiceActivityDetectors? _silero;

    public SileroTests() => Assert.True(SileroVoiceActivityDetectors.TryCreate(out _silero, out var problem), problem);

    private SileroVoiceActivityDetectors Silero => _silero!;

    private static short[] Question => WavFile.Load(Path.Combine(AppContext.BaseDirectory, "samples", "long-question.wav")).Samples.ToArray();

    public void Dispose() => Silero.Dispose();

    [Fact]
    public void Silero_distinguishes_speech_from_silence_noise_and_tones()
    {
        Assert.True(ShareOfSpeech(Question) > 0.5);
        Assert.Equal(0, ShareOfSpeech(Signals.Silence(3_000)));
        Assert.Equal(0, ShareOfSpeech(Signals.Noise(3_000, 8_000)));
        Assert.Equal(0, ShareOfSpeech(Signals.Sine(440, 16_000, 48_000)));
    }

    [Fact]
    public void A_sentence_in_noise_is_one_activity()
    {
        short[] spoken = [.. Signals.Silence(1_000), .. Question, .. Signals.Silence(1_500)];
        ReadOnlySpan<short> samples = Signals.Mix(spoken, Signals.Noise(spoken.Length / 16, 800));
        using var segmenter = new ActivitySegmenter(Silero.Create());

        Assert.True(segmenter.Advance(ref samples, out var start));
        Assert.True(segmenter.Advance(ref samples, out var end));
        Assert.False(segmenter.Advance(ref samples, out _));
        Assert.InRange(start.Sample, 14_000, 26_000);
        Assert.InRange(end.Sample, spoken.Length - 40_000, spoken.Length - 16_000);
    }

    [Fact]
    public void Streams_through_the_shared_network_do_not_mix()
    {
        using var alone = Silero.Create();
        using var first = Silero.Create();
        using var second = Silero.Create();
        foreach (var window in Windows(Question))
        {
            var expected = alone.Process(window);
            Assert.Equal(expected, first.Process(window));
            second.Process(Signals.Noise(32, 12_000));
        }
    }

    [Fact]
    public async Task Streams_on_many_threads_give_what_each_gives_alone()
    {
        float[] Listen()
        {
            using var detector = Silero.Create();
            return [.. Windows(Question).Select(window => detector.Process(window))];
        }

        var expected = Listen();
        var together = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(Listen, TestContext.Current.CancellationToken)));
        Assert.All(together, probabilities => Assert.Equal(expected, probabilities));
    }

    [Fact]
    public void A_reset_detector_answers_like_a_new_one()
    {
        using var detector = Silero.Create();
        var expected = Windows(Question).Select(window => detector.Process(window)).ToArray();
        detector.Reset();
        Assert.Equal(expected, Windows(Question).Select(window => detector.Process(window)));
    }

    [Fact]
    public void A_window_allocates_nothing()
    {
        using var detector = Silero.Create();
        var windows = Windows(Question).ToArray();

        Assert.Equal(0, Allocated.Least(1, () =>
        {
            foreach (var window in windows)
                detector.Process(window);
        }));
    }

    [Fact]
    public void A_muted_microphone_runs_no_network_and_the_first_word_after_it_is_detected()
    {
        using var detector = (SileroVoiceActivityDetector)Silero.Create();
        foreach (var window in Windows(Signals.Noise(10_000, 20)))
            Assert.True(detector.Process(window) < 0.5);
        Assert.InRange(detector.Runs, 16, 32);

        using var fresh = Silero.Create();
        Assert.InRange(FirstSpeech(detector) - FirstSpeech(fresh), -1, 1);
    }

    [Fact]
    public void A_pause_in_speech_always_runs_the_network()
    {
        using var detector = (SileroVoiceActivityDetector)Silero.Create();
        foreach (var window in Windows(Question).SkipWhile(window => detector.Process(window) < 0.9f).Take(20))
            detector.Process(window);
        var before = detector.Runs;
        foreach (var window in Windows(Signals.Silence(500)))
            detector.Process(window);
        Assert.Equal(before + 15, detector.Runs);
    }

    [Fact]
    public void A_window_of_another_length_is_refused()
    {
        using var detector = Silero.Create();
        Assert.Equal(512, detector.WindowSamples);
        Assert.Throws<ArgumentException>(() => detector.Process(new short[480]));
    }

    [Fact]
    public void The_default_detector_is_silero_and_gives_its_reason()
    {
        var (detectors, reason) = VoiceActivityDetectors.CreateDefault();
        using var owned = detectors as IDisposable;
        Assert.Equal("silero", detectors.Name);
        Assert.Contains("silero", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Onnx_runtime_telemetry_is_off()
    {
        var home = Directory.CreateTempSubdirectory("parley-home-");
        try
        {
            // Runs the test above in a separate process with an empty home folder.
            var start = new ProcessStartInfo(Environment.ProcessPath!, [.. HostArguments(), "--filter-method", $"*.{nameof(The_default_detector_is_silero_and_gives_its_reason)}"])
            {
                RedirectStandardOutput = true,
            };
            start.Environment["HOME"] = home.FullName;
            start.Environment["XDG_CACHE_HOME"] = Path.Combine(home.FullName, ".cache");
            start.Environment.Remove("ORT_DISABLE_TELEMETRY");
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.True(process.ExitCode == 0, output);
            Assert.Contains("succeeded: 1", output, StringComparison.Ordinal);
            Assert.DoesNotContain(home.EnumerateFileSystemInfos("*", SearchOption.AllDirectories), file => file.Name.Contains("onnx", StringComparison.OrdinalIgnoreCase));
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    private static string[] HostArguments() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Path.Combine(AppContext.BaseDirectory, "Parley.Speech.Tests.dll")] : [];

    private static IEnumerable<short[]> Windows(short[] sound) => sound.Chunk(512).Where(window => window.Length == 512);

    private static int FirstSpeech(IVoiceActivityDetector detector) => Windows(Question).TakeWhile(window => detector.Process(window) < 0.5).Count();

    private double ShareOfSpeech(short[] sound)
    {
        using var detector = Silero.Create();
        return Windows(sound).Average(window => detector.Process(window) > 0.5 ? 1.0 : 0);
    }
}
