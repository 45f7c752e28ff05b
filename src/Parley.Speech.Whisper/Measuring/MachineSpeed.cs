using System.Globalization;
using Parley.Speech.Whisper.Decoding;
using Parley.Speech.Whisper.Streaming;

namespace Parley.Speech.Whisper.Measuring;

/// <summary>How fast this machine is with a model, measured once when the model is loaded.</summary>
/// <param name="Factor">Seconds of work for each second of speech, in an utterance of five seconds.</param>
internal sealed record MachineSpeed(double Factor)
{
    /// <summary>
    /// An utterance is decoded several times while it grows, and the last pass should end within the silence that ends a turn: above this
    /// factor, answers come later and partial transcripts are rare.
    /// </summary>
    public const double Slow = 0.4;

    private const int Seconds = 5;
    private const int SampleRate = 16_000;

    // Typical of an utterance of this length. The text of a test sound may be empty, so the tokens come on top.
    private const int Tokens = 16;

    /// <summary>Whether the machine is too slow for this model.</summary>
    public bool IsSlow => Factor > Slow;

    /// <summary>The factor as text for status and logs.</summary>
    public string Text => Factor.ToString(Factor < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture);

    /// <summary>Decodes a test sound twice; the first time, memory is touched and threads are started.</summary>
    public static MachineSpeed Measure(IWhisperDecoder decoder, WhisperSettings settings, int threads)
    {
        var sound = TestSound();
        var elapsed = TimeSpan.Zero;
        for (var number = -1; number >= -2; number--)
        {
            var request = new DecodeRequest(number, "en", "", settings.AudioContextFor(sound.Length), threads, Tokens, TemperatureStep: 0);
            elapsed = decoder.Decode(request, sound).Elapsed;
        }
        return new MachineSpeed(elapsed.TotalSeconds / Seconds);
    }

    // Tones that rise and fall like vowels: something to decode, without a file and without a random number.
    private static short[] TestSound()
    {
        var sound = new short[Seconds * SampleRate];
        for (var i = 0; i < sound.Length; i++)
        {
            var time = (double)i / SampleRate;
            var loudness = Math.Max(0, Math.Sin(2 * Math.PI * 2 * time));
            var tone = Math.Sin(2 * Math.PI * 140 * time) + (0.5 * Math.Sin(2 * Math.PI * 700 * time)) + (0.3 * Math.Sin(2 * Math.PI * 1_800 * time));
            sound[i] = (short)(4_000 * loudness * tone);
        }
        return sound;
    }
}
