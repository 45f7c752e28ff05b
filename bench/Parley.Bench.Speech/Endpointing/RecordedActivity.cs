using Parley.Speech;

namespace Parley.Bench.Speech.Endpointing;

/// <summary>A voice activity detector whose probabilities for a scene are computed once: they do not depend on when turns end.</summary>
internal sealed class RecordedActivity(IVoiceActivityDetectors detectors)
{
    private readonly Dictionary<Scene, float[]> _probabilities = [];

    internal string Name => detectors.Name;

    internal IVoiceActivityDetector For(Scene scene)
    {
        using var detector = detectors.Create();
        var window = detector.WindowSamples;
        if (!_probabilities.TryGetValue(scene, out var probabilities))
        {
            probabilities = [.. Enumerable.Range(0, scene.Sound.Length / window).Select(i => detector.Process(scene.Sound.AsSpan(i * window, window)))];
            _probabilities[scene] = probabilities;
        }
        return new Replay(window, probabilities);
    }

    private sealed class Replay(int window, float[] probabilities) : IVoiceActivityDetector
    {
        private int _next;

        public int WindowSamples => window;

        public float Process(ReadOnlySpan<short> samples) => probabilities[_next++];

        public void Reset() => _next = 0;

        public void Dispose()
        {
        }
    }
}
