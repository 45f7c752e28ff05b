namespace Parley.Speech.Synthesis.Neural;

/// <summary>
/// Brings one voice of a user's model to the common loudness. Nobody has measured it, so it is measured while it speaks: the gain follows the
/// average of its last minute of speech. Within a clause the gain is constant, so nothing is compressed. Thread-safe.
/// </summary>
internal sealed class VoiceLevel(int rateHz)
{
    private const double MemorySeconds = 60;
    private const double LargestGain = 16;
    private const double LargestSample = 0.98 * short.MaxValue;

    private readonly Lock _lock = new();
    private double _power;
    private double _seconds;

    /// <summary>Multiplies a clause with the gain; never beyond full scale.</summary>
    public void Apply(Span<short> samples)
    {
        var peak = 0;
        foreach (var sample in samples)
            peak = Math.Max(peak, Math.Abs((int)sample));
        if (peak == 0)
            return;
        var gain = Math.Min(GainAfter(SpeechLoudness.Of(samples, rateHz), (double)samples.Length / rateHz), LargestSample / peak);
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (short)Math.Round(samples[i] * gain);
    }

    private double GainAfter(double loudness, double seconds)
    {
        lock (_lock)
        {
            if (double.IsFinite(loudness))
            {
                var kept = Math.Exp(-seconds / MemorySeconds);
                _power = (_power * kept) + (Math.Pow(10, loudness / 10) * seconds);
                _seconds = (_seconds * kept) + seconds;
            }
            return _seconds == 0 ? 1 : Math.Min(Math.Pow(10, (SpeechLoudness.Target - (10 * Math.Log10(_power / _seconds))) / 20), LargestGain);
        }
    }
}
