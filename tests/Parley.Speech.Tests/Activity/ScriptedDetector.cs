namespace Parley.Speech.Tests;

/// <summary>A detector that takes the first sample of a window as its probability, in percent.</summary>
internal sealed class ScriptedDetector(int windowSamples = 320) : IVoiceActivityDetector
{
    public int WindowSamples => windowSamples;

    public bool Disposed { get; private set; }

    public float Process(ReadOnlySpan<short> window) =>
        window.Length == windowSamples ? window[0] / 100f : throw new ArgumentException("Wrong window.", nameof(window));

    public void Reset()
    {
    }

    public void Dispose() => Disposed = true;
}
