using Parley.Speech.Hosting;
using Parley.Speech.TurnTaking.SmartTurn;

namespace Parley.Speech.Tests.TurnTaking.SmartTurn;

public sealed class SmartTurnTests : IDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-turn");

    [Fact]
    public async Task A_pause_is_rated_on_the_thread_of_the_network()
    {
        using var detectors = new SmartTurnDetectors(Save(TinyTurnModel.Make()));
        using var detector = detectors.Create();
        var speech = Noise(16_000, seed: 3);

        detector.Process(speech, 0.9f);
        detector.BeginTurn();
        Assert.True(float.IsNaN(detector.GetEndProbability(Pause(0))));
        Assert.True(float.IsNaN(detector.GetEndProbability(Pause(100))));
        var probability = await RatedAsync(detector);

        // The turn starts 300 ms before it was noticed.
        var features = new float[80 * 800];
        new LogMelSpectrogram().Compute([.. speech[^4_800..].Select(static sample => sample / 32_768f)], normalize: true, features);
        Assert.Equal(TinyTurnModel.Expected(features), probability, 1e-4);
    }

    [Fact]
    public async Task Speech_that_goes_on_makes_the_result_void()
    {
        using var detectors = new SmartTurnDetectors(Save(TinyTurnModel.Make()));
        using var detector = detectors.Create();
        detector.BeginTurn();
        detector.Process(Noise(16_000, seed: 3), 0.9f);
        var first = await RatedAsync(detector);

        Assert.True(float.IsNaN(detector.GetEndProbability(Pause(0))));
        detector.Process(Noise(160_000, seed: 4), 0.9f);
        Assert.NotEqual(first, await RatedAsync(detector));

        detector.BeginTurn();
        Assert.True(float.IsNaN(detector.GetEndProbability(Pause(0))));
    }

    [Fact]
    public async Task Many_sessions_share_the_network()
    {
        using var detectors = new SmartTurnDetectors(Save(TinyTurnModel.Make()));
        var sessions = Enumerable.Range(0, 8).Select(_ => detectors.Create()).ToArray();
        foreach (var (session, i) in sessions.Select((session, i) => (session, i)))
        {
            session.BeginTurn();
            session.Process(Noise(8_000, seed: i % 2), 0.9f);
            session.GetEndProbability(Pause(200));
        }
        var rated = await Task.WhenAll(sessions.Select(session => RatedAsync(session)));

        Assert.Equal(2, rated.Distinct().Count());
        foreach (var session in sessions)
            session.Dispose();
    }

    [Fact]
    public void A_session_may_end_while_its_pause_waits()
    {
        using var detectors = new SmartTurnDetectors(Save(TinyTurnModel.Make()));
        for (var i = 0; i < 10; i++)
        {
            using var detector = detectors.Create();
            detector.BeginTurn();
            detector.Process(Noise(1_600, seed: i), 0.9f);
            detector.GetEndProbability(Pause(200));
        }
    }

    [Fact]
    public void Taking_audio_does_not_allocate()
    {
        using var detectors = new SmartTurnDetectors(Save(TinyTurnModel.Make()));
        using var detector = detectors.Create();
        detector.BeginTurn();
        var chunk = Noise(320, seed: 1);
        detector.Process(chunk, 0.5f);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            detector.Process(chunk, 0.5f);
        Assert.Equal(allocated, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_missing_model_is_reported_with_what_to_do()
    {
        var options = new TurnDetectorOptions { Provider = "smart-turn" };
        var missing = Assert.Throws<InvalidOperationException>(() => TurnDetectorFactory.Create(options, new ModelStore(_folder.FullName)));
        Assert.Contains("Cascade:TurnDetector", missing.Message, StringComparison.Ordinal);
        Assert.Contains("parley models get smart-turn-v3.2", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_by_path_is_loaded()
    {
        var options = new TurnDetectorOptions { Provider = "smart-turn", Model = Save(TinyTurnModel.Make()) };
        using var detectors = (IDisposable)TurnDetectorFactory.Create(options, new ModelStore(_folder.FullName))!;
        Assert.Equal("smart-turn", ((ITurnDetectors)detectors).Name);
    }

    public static TheoryData<string> HostileFiles => ["empty", "text", "truncated", "80 by 3000", "huge"];

    [Theory]
    [MemberData(nameof(HostileFiles))]
    public void A_damaged_or_other_model_is_reported(string kind)
    {
        var model = TinyTurnModel.Make();
        var bytes = kind switch
        {
            "empty" => [],
            "text" => "version https://git-lfs.github.com/spec/v1"u8.ToArray(),
            "truncated" => model[..(model.Length / 2)],
            "80 by 3000" => TinyTurnModel.Make(frames: 3_000),
            _ => TinyTurnModel.Make(rows: 3, frames: int.MaxValue),
        };
        var error = Assert.Throws<InvalidOperationException>(() => new SmartTurnNetwork(Save(bytes)));
        Assert.Contains("model", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_provider_is_reported_with_the_known_ones()
    {
        var error = Assert.Throws<InvalidOperationException>(() => TurnDetectorFactory.Create(new TurnDetectorOptions { Provider = "magic" }, new ModelStore(_folder.FullName)));
        Assert.Equal("Cascade:TurnDetector:Provider \"magic\" is unknown. Use both, prosody, rules, smart-turn or none.", error.Message);
        Assert.Null(TurnDetectorFactory.Create(new TurnDetectorOptions { Provider = "none" }, new ModelStore(_folder.FullName)));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static TurnState Pause(int milliseconds) => new("", TimeSpan.FromMilliseconds(milliseconds), TimeSpan.FromSeconds(1), null, false);

    // The engine has a thread of its own; the session asks with each piece of audio.
    private static async Task<float> RatedAsync(ITurnDetector detector)
    {
        while (true)
        {
            Cancel.ThrowIfCancellationRequested();
            if (detector.GetEndProbability(Pause(200)) is var probability && !float.IsNaN(probability))
                return probability;
            await Task.Yield();
        }
    }

    private static short[] Noise(int samples, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, samples).Select(_ => (short)random.Next(-8_000, 8_000))];
    }

    private string Save(byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.onnx");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
