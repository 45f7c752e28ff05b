using System.Diagnostics;
using Parley.Speech;
using Parley.TestKit;

namespace Parley.EndToEnd.Spoken;

/// <summary>Sound for a microphone, 16 kHz mono: sentences of a synthesizer, recorded people, noise and silence.</summary>
internal sealed class Mouth : IDisposable
{
    private const string Recordings = "/usr/share/pocketsphinx/test/data";
    private const string Prompts = "/usr/share/asterisk/sounds/en_US_f_Allison";

    private readonly FliteSynthesizer _flite = FliteSynthesizer.TryCreate(out var found, out var problem)
        ? found
        : throw new ExpectationException($"{problem}. Run ./test, which installs it.");

    public static short[] Silence(int milliseconds) => new short[milliseconds * 16];

    /// <summary>A fan, say: loud, and no speech.</summary>
    public static short[] Noise(int milliseconds)
    {
        var random = new Random(3);
        var low = 0.0;
        return [.. Enumerable.Range(0, milliseconds * 16).Select(_ => (short)(low = (0.95 * low) + ((random.NextDouble() - 0.5) * 1_200)))];
    }

    /// <summary>A recording of pocketsphinx-testdata: raw PCM16 at 16 kHz.</summary>
    public static short[] Recording(string name) => Pcm.ToSamples(File.ReadAllBytes(Installed(Path.Combine(Recordings, name), "pocketsphinx-testdata")));

    /// <summary>A prompt of asterisk-core-sounds-en, by one professional speaker.</summary>
    public static async Task<short[]> PromptAsync(string name, CancellationToken cancellationToken)
    {
        var file = Installed(Path.Combine(Prompts, name + ".g722"), "asterisk-core-sounds-en-g722");
        var start = new ProcessStartInfo("ffmpeg", ["-v", "error", "-f", "g722", "-i", file, "-ar", "16000", "-f", "s16le", "-"]) { RedirectStandardOutput = true };
        using var ffmpeg = Process.Start(start)!;
        using var sound = new MemoryStream();
        await ffmpeg.StandardOutput.BaseStream.CopyToAsync(sound, cancellationToken);
        await ffmpeg.WaitForExitAsync(cancellationToken);
        return Pcm.ToSamples(sound.ToArray());
    }

    public async Task<short[]> SayAsync(string text, string voice, CancellationToken cancellationToken)
    {
        List<short> speech = [];
        await foreach (var chunk in _flite.SpeakAsync(text, new SpeechVoice { Name = voice, BaseVoice = voice }, cancellationToken))
        {
            speech.AddRange(Pcm.ToSamples(chunk.Span));
        }

        var resampler = new Resampler(24_000, 16_000);
        var sound = new short[resampler.MaxOutputSamples(speech.Count)];
        return Trim(sound[..resampler.Process([.. speech], sound)]);
    }

    public void Dispose() => _flite.Dispose();

    // The pause inside a sentence is to be as long as the test says.
    private static short[] Trim(short[] sound)
    {
        const int Floor = 150;
        var first = Array.FindIndex(sound, sample => Math.Abs((int)sample) > Floor);
        return sound[first..(Array.FindLastIndex(sound, sample => Math.Abs((int)sample) > Floor) + 1)];
    }

    private static string Installed(string file, string package) =>
        File.Exists(file) ? file : throw new ExpectationException($"{file} is missing. Run ./test, which installs Debian's {package}.");
}
