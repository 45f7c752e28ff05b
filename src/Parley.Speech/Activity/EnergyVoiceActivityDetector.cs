namespace Parley.Speech.Activity;

/// <summary>
/// Takes audio well above the noise floor for speech. Cheap, needs no model, works in quiet rooms; it cannot tell
/// speech from other loud sound. Windows of 20 ms; calls do not allocate.
/// </summary>
/// <remarks>
/// The floor is the lowest level of the last three seconds: speech has gaps that reveal the floor, steady noise has
/// none and becomes the floor. A level 10 dB above the floor gives 0.5.
/// </remarks>
internal sealed class EnergyVoiceActivityDetector : IVoiceActivityDetector
{
    private const int Window = 320;

    // Six blocks of half a second make the memory of the floor.
    private const int Blocks = 6;
    private const int WindowsPerBlock = 25;

    // Lower limit of the floor: otherwise, after digital silence, the hiss of a microphone would count as speech.
    private const float LowestFloor = -62;
    private const float EvenOdds = 10;
    private const float Slope = 3;

    // A one-pole high-pass at about 100 Hz removes offset, rumble and most mains hum.
    private const float HighPass = 0.961f;

    private readonly float[] _blockMinima = new float[Blocks];
    private int _block;
    private int _windowsInBlock;
    private float _smoothed;
    private float _lastInput;
    private float _lastOutput;

    /// <summary>Starts with the lowest floor, so that speech is detected in a stream that begins in the middle of a word.</summary>
    public EnergyVoiceActivityDetector() => Reset();

    /// <inheritdoc/>
    public int WindowSamples => Window;

    /// <summary>The noise floor taken for the last window, in dB below full scale (-62 to 0).</summary>
    public float NoiseFloorDecibels { get; private set; }

    /// <inheritdoc/>
    public float Process(ReadOnlySpan<short> window)
    {
        if (window.Length != Window)
            throw new ArgumentException($"Window has {window.Length} samples; it must have {Window}.", nameof(window));

        var level = MeasureLevel(window);
        _smoothed += 0.5f * (level - _smoothed);
        Remember(_smoothed);

        var floor = float.MaxValue;
        foreach (var minimum in _blockMinima)
            floor = Math.Min(floor, minimum);
        NoiseFloorDecibels = Math.Max(floor, LowestFloor);

        return 1 / (1 + MathF.Exp((EvenOdds - (level - NoiseFloorDecibels)) / Slope));
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _blockMinima.AsSpan().Fill(LowestFloor);
        NoiseFloorDecibels = _smoothed = LowestFloor;
        _block = _windowsInBlock = 0;
        _lastInput = _lastOutput = 0;
    }

    /// <summary>Does nothing.</summary>
    public void Dispose()
    {
    }

    private float MeasureLevel(ReadOnlySpan<short> window)
    {
        float input = _lastInput, output = _lastOutput, energy = 0;
        foreach (var sample in window)
        {
            output = HighPass * (output + sample - input);
            input = sample;
            energy += output * output;
        }
        _lastInput = input;
        _lastOutput = output;
        const float fullScale = 32_768f * 32_768f;
        return 10 * MathF.Log10((energy / Window / fullScale) + 1e-10f);
    }

    private void Remember(float level)
    {
        if (_windowsInBlock == WindowsPerBlock)
        {
            _block = (_block + 1) % Blocks;
            _windowsInBlock = 0;
        }
        _blockMinima[_block] = _windowsInBlock++ == 0 ? level : Math.Min(_blockMinima[_block], level);
    }
}
