namespace Parley.Speech.TurnTaking.Prosody;

/// <summary>
/// What the voice does before a pause, as numbers of about the same size: the fall of pitch and energy at the end, the length of the last
/// syllable, the speech rate. Compared with the speaker's own last two seconds, so that a low or a quiet voice is
/// not taken for a falling one.
/// </summary>
internal static class ProsodyFeatures
{
    /// <summary>Number of features.</summary>
    public const int Count = 14;

    // 1.8 s before the end of speech.
    private const int Context = 180;
    private const int Final = 25;
    private const int LastTenth = 10;

    // A syllable rises this much above the valleys around it.
    private const float SyllableDecibels = 4;

    /// <summary>Writes the features of the speech before a frame.</summary>
    /// <param name="track">Energy and pitch.</param>
    /// <param name="end">The frame after the last one of the speech.</param>
    /// <param name="speech">Duration of the turn so far.</param>
    /// <param name="features">Receives <see cref="Count"/> values.</param>
    public static void Write(ProsodyTrack track, long end, TimeSpan speech, Span<float> features)
    {
        features[..Count].Clear();
        var spoken = Math.Min(Context, (long)(speech.TotalSeconds * 100) + 10);
        var from = Math.Max(Math.Max(0, track.Frames - ProsodyTrack.Length + 1), end - spoken);
        if (end - from < LastTenth)
            return;
        var energy = Energy(track, from, end, features);
        Pitch(track, from, end, features);
        Syllables(track, from, end, energy, features);
    }

    private static float Energy(ProsodyTrack track, long from, long end, Span<float> features)
    {
        var peak = float.MinValue;
        for (var i = from; i < end; i++)
            peak = Math.Max(peak, track.Decibels(i));
        var last = 0f;
        for (var i = end - LastTenth; i < end; i++)
            last += track.Decibels(i) / LastTenth;
        features[0] = (last - peak) / 20;
        features[1] = Math.Clamp(Slope(track, Math.Max(from, end - Final), end, voicedOnly: false) / 200, -1.5f, 1.5f);
        var loud = end;
        while (loud > from && track.Decibels(loud - 1) < peak - 10)
            loud--;
        features[2] = Math.Min(end - loud, 60) / 30f;
        return peak;
    }

    private static void Pitch(ProsodyTrack track, long from, long end, Span<float> features)
    {
        Span<float> voiced = stackalloc float[ProsodyTrack.Length];
        var count = 0;
        for (var i = from; i < end; i++)
        {
            if (track.Pitch(i) > 0)
                voiced[count++] = track.Pitch(i);
        }
        if (count < 8)
            return;
        // The last voiced frames, at most a tenth of a second of them.
        Span<float> final = stackalloc float[LastTenth];
        var finals = Math.Min(LastTenth, count / 2);
        voiced.Slice(count - finals, finals).CopyTo(final);
        final = final[..finals];
        final.Sort();
        var all = voiced[..count];
        all.Sort();
        var (low, middle, high) = (all[count / 10], all[count / 2], all[count * 9 / 10]);
        var lastPitch = final[finals / 2];
        features[3] = Math.Clamp((lastPitch - middle) * 2, -2, 2);
        features[4] = Math.Clamp(Slope(track, Math.Max(from, end - Final - LastTenth), end, voicedOnly: true) / 4, -2, 2);
        features[5] = high - low < 0.02f ? 0.5f : Math.Clamp((lastPitch - low) / (high - low), -0.5f, 1.5f);
        features[6] = Math.Min(high - low, 1.5f);
        features[7] = 1;
    }

    private static void Syllables(ProsodyTrack track, long from, long end, float peak, Span<float> features)
    {
        // Voiced runs: the last, and the mean of the others.
        var (runs, total, run, last, lastVoiced, voicedAtEnd) = (0, 0, 0, 0, from, 0);
        for (var i = from; i <= end; i++)
        {
            if (i < end && track.Pitch(i) > 0)
            {
                run++;
                lastVoiced = i;
                voicedAtEnd += i >= end - 30 ? 1 : 0;
            }
            else if (run > 0)
            {
                if (run >= 3)
                    (runs, total, last) = (runs + 1, total + run, run);
                run = 0;
            }
        }
        features[8] = Math.Min(last, 60) / 30f;
        features[9] = runs > 1 ? Math.Clamp(MathF.Log2(last / ((total - last) / (float)(runs - 1))), -2, 2) / 2 : 0;
        features[10] = voicedAtEnd / 30f;
        features[11] = Math.Min(end - lastVoiced, 40) / 20f;

        // Syllables: maxima of the energy between valleys.
        var (syllables, top, valley, start, rising) = (0, float.MinValue, float.MaxValue, from, true);
        for (var i = from; i < end; i++)
        {
            var level = track.Decibels(i);
            if (rising)
            {
                top = Math.Max(top, level);
                if (level > top - SyllableDecibels || top < peak - 25)
                    continue;
                syllables++;
                (rising, valley) = (false, level);
            }
            else
            {
                if (level < valley)
                    (valley, start) = (level, i);
                if (level > valley + SyllableDecibels)
                    (rising, top) = (true, level);
            }
        }
        features[12] = Math.Min(end - (rising || syllables > 1 ? start : from), 80) / 40f;
        features[13] = Math.Min(syllables * 100f / (end - from), 10) / 5;
    }

    // Change per second, by least squares.
    private static float Slope(ProsodyTrack track, long from, long end, bool voicedOnly)
    {
        var (n, sumX, sumY, sumXX, sumXY) = (0, 0f, 0f, 0f, 0f);
        for (var i = from; i < end; i++)
        {
            var y = voicedOnly ? track.Pitch(i) : track.Decibels(i);
            if (voicedOnly && y == 0)
                continue;
            var x = (i - from) / 100f;
            (n, sumX, sumY, sumXX, sumXY) = (n + 1, sumX + x, sumY + y, sumXX + (x * x), sumXY + (x * y));
        }
        var spread = (n * sumXX) - (sumX * sumX);
        return n < 4 || spread <= 0 ? 0 : ((n * sumXY) - (sumX * sumY)) / spread;
    }
}
