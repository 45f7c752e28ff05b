using System.Diagnostics;
using Parley.Speech;

namespace Parley.EndToEnd.Spoken;

/// <summary>Microphone audio for tests, 16 kHz mono: synthesized sentences, recorded people, noise and silence.</summary>
internal sealed class TestSpeech : IDisposable
{
    private const string Recordings = "/usr/share/pocketsphinx/test/data";
    private const string Prompts = "/usr/share/asterisk/sounds/en_US_f_Allison";

    private readonly FliteSynthesizer _flite = FliteSynthesizer.TryCreate(out var found, out var problem)
        ? found
        : throw new ExpectationException($"{problem}. Run ./test, which installs it.");

    public static short[] Silence(int milliseconds) => new short[milliseconds * 16];

    /// <summary>Loud noise without speech, like that of a fan.</summary>
    public static short[] Noise(int milliseconds)
    {
        var random = new Random(3);
        var low = 0.0;
        return [.. Enumerable.Range(0, milliseconds * 16).Select(_ => (short)(low = (0.95 * low) + ((random.NextDouble() - 0.5) * 1_200)))];
    }

    /// <summary>A recording of pocketsphinx-testdata: raw PCM16 at 16 kHz.</summary>
    public static short[] Recording(string name) =>
        Pcm.ToSamples(File.ReadAllBytes(Installed(Path.Combine(Recordings, name), "pocketsphinx-testdata")));

    /// <summary>A prompt of asterisk-core-sounds-en, spoken by a professional speaker.</summary>
    public static async Task<short[]> PromptAsync(string name, CancellationToken cancellationToken)
    {
        var file = Installed(Path.Combine(Prompts, name + ".g722"), "asterisk-core-sounds-en-g722");
        var start = new ProcessStartInfo("ffmpeg", ["-v", "error", "-f", "g722", "-i", file, "-ar", "16000", "-f", "s16le", "-"]) { RedirectStandardOutput = true };
        using var ffmpeg = Process.Start(start)!;
        using var audio = new MemoryStream();
        await ffmpeg.StandardOutput.BaseStream.CopyToAsync(audio, cancellationToken);
        await ffmpeg.WaitForExitAsync(cancellationToken);
        return Pcm.ToSamples(audio.ToArray());
    }

    public async Task<short[]> SayAsync(string text, string voice, CancellationToken cancellationToken)
    {
        List<short> speech = [];
        await foreach (var chunk in _flite.SpeakAsync(text, new SpeechVoice { Name = voice, BaseVoice = voice }, cancellationToken))
        {
            speech.AddRange(Pcm.ToSamples(chunk.Span));
        }

        var resampler = new Resampler(24_000, 16_000);
        var audio = new short[resampler.MaxOutputSamples(speech.Count)];
        return Trim(audio[..resampler.Process([.. speech], audio)]);
    }

    public void Dispose() => _flite.Dispose();

    // Without the silence at both ends, so that pauses between fragments are exactly as long as the test sets them.
    private static short[] Trim(short[] audio)
    {
        const int Floor = 150;
        var first = Array.FindIndex(audio, sample => Math.Abs((int)sample) > Floor);
        return audio[first..(Array.FindLastIndex(audio, sample => Math.Abs((int)sample) > Floor) + 1)];
    }

    private static string Installed(string file, string package) =>
        File.Exists(file) ? file : throw new ExpectationException($"{file} is missing. Run ./test, which installs Debian's {package}.");
}
