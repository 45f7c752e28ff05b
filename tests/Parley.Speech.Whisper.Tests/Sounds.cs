namespace Parley.Speech.Whisper.Tests;

/// <summary>Audio for tests: 16 kHz.</summary>
internal static class Sounds
{
    private const int SampleRate = 16_000;

    /// <summary>A folder of models that tests may read if it is given.</summary>
    public static string SharedModels => Environment.GetEnvironmentVariable("PARLEY_TEST_MODELS") ?? "";

    /// <summary>Something as loud as speech, over faint noise.</summary>
    public static short[] Speech(double seconds)
    {
        var random = new Random(3);
        var sound = new short[(int)(seconds * SampleRate)];
        for (var i = 0; i < sound.Length; i++)
            sound[i] = (short)((6_000 * Math.Sin(2 * Math.PI * 150 * i / SampleRate)) + random.Next(-20, 20));
        return sound;
    }

    /// <summary>A quiet room.</summary>
    public static short[] Room(double seconds)
    {
        var random = new Random(4);
        var sound = new short[(int)(seconds * SampleRate)];
        foreach (ref var sample in sound.AsSpan())
            sample = (short)random.Next(-20, 20);
        return sound;
    }
}
