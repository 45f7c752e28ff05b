namespace Parley.Speech.Worker.Recognition;

/// <summary>
/// Gives speech from a telephone the upper half of its spectrum. The acoustic model knows speech up to 6.8 kHz; a telephone ends at 4 kHz, and of nothing above
/// it the model makes wrong sounds. What is missing is filled with the mirrored image of what is there, which resembles speech enough. Speech that has sound
/// above 4 kHz is not changed.
/// </summary>
internal sealed class TelephoneBand
{
    // Of a microphone, more than -35 dB of the energy of speech is above 4.4 kHz; of a telephone, what the resampling leaves: less than -60 dB.
    private const double LargestShare = 1e-5;

    // How loud the image is, and how much less of the low sounds is in it: those would be the loudest at 8 kHz. Fitted to recorded and synthesized speech.
    private const double ImageGain = 0.3;
    private const double LowSounds = 0.9;

    // Lets pass what is above 5.1 kHz, and less than -70 dB of what is below 3.7 kHz.
    private const int Taps = 63;
    private const double CutoffOfRate = 4_400.0 / 16_000;

    private static readonly float[] HighPass = Design();

    // The last samples of the chunk before, then those of this one.
    private float[] _input = new float[Taps - 1];
    private short[] _output = [];
    private double _energy, _highEnergy;
    private int _last;
    private bool _isOdd;

    /// <summary>Begins an utterance.</summary>
    internal void Begin()
    {
        _input.AsSpan(0, Taps - 1).Clear();
        (_energy, _highEnergy, _last, _isOdd) = (0, 0, 0, false);
    }

    /// <summary>The next samples, at 16 kHz, as the model should hear them. Valid until the next call.</summary>
    internal ReadOnlySpan<short> Process(ReadOnlySpan<short> samples)
    {
        Measure(samples);
        var isTelephone = _highEnergy < LargestShare * _energy;
        if (_output.Length < samples.Length)
            _output = new short[samples.Length];
        for (var i = 0; i < samples.Length; i++)
        {
            // Every second sample negated: f becomes 8 kHz - f.
            var image = ImageGain * (samples[i] - (LowSounds * _last));
            (_last, _isOdd) = (samples[i], !_isOdd);
            _output[i] = (short)Math.Clamp(samples[i] + (_isOdd ? image : -image), short.MinValue, short.MaxValue);
        }
        return isTelephone ? _output.AsSpan(0, samples.Length) : samples;
    }

    private void Measure(ReadOnlySpan<short> samples)
    {
        if (_input.Length < Taps - 1 + samples.Length)
            Array.Resize(ref _input, Taps - 1 + samples.Length);
        for (var i = 0; i < samples.Length; i++)
            _input[Taps - 1 + i] = samples[i];
        for (var i = 0; i < samples.Length; i++)
        {
            var window = _input.AsSpan(i, Taps);
            var high = 0f;
            for (var tap = 0; tap < Taps; tap++)
                high += window[tap] * HighPass[tap];
            _energy += (double)samples[i] * samples[i];
            _highEnergy += (double)high * high;
        }
        _input.AsSpan(samples.Length, Taps - 1).CopyTo(_input);
    }

    // A sinc with a Blackman window.
    private static float[] Design()
    {
        var taps = new float[Taps];
        for (var i = 0; i < Taps; i++)
        {
            var n = i - ((Taps - 1) / 2);
            var window = 0.42 - (0.5 * Math.Cos(2 * Math.PI * i / (Taps - 1))) + (0.08 * Math.Cos(4 * Math.PI * i / (Taps - 1)));
            var low = n == 0 ? 2 * CutoffOfRate : Math.Sin(2 * Math.PI * CutoffOfRate * n) / (Math.PI * n);
            taps[i] = (float)(((n == 0 ? 1 : 0) - low) * window);
        }
        return taps;
    }
}
