using System.Diagnostics;
using Parley.Speech;

namespace Parley.FirstMinute;

/// <summary>Synthetic voices of a visitor: voices of flite, and of espeak-ng as <c>espeak en-us</c>.</summary>
internal sealed class Speaker : IDisposable
{
    private const string Espeak = "espeak ";

    private readonly FliteSynthesizer _flite = FliteSynthesizer.TryCreate(out var found, out var problem)
        ? found
        : throw new InvalidOperationException($"{problem}. Install from Debian: libflite1");

    /// <summary>The voices of the table.</summary>
    public static IReadOnlyList<string> Voices { get; } = ["rms", "slt", "espeak en-us"];

    /// <summary>Voices that are in no row of the table.</summary>
    public static IReadOnlyList<string> OtherVoices { get; } = ["awb", "kal16", "espeak en-us+f3", "espeak en-us+m3"];

    /// <summary>Why the tables cannot be made here; null if everything is installed.</summary>
    public static string? Missing =>
        !PocketSphinxRecognizer.TryCreate(new PocketSphinxOptions { MaxDecoders = 1 }, null, null, out var recognizer, out var problem) ? $"{problem}. Run ./test, which installs it."
        : !FliteSynthesizer.TryCreate(out var flite, out problem) ? $"{problem}. Run ./test, which installs it."
        : !Dispose(recognizer, flite) || !File.Exists("/usr/bin/espeak-ng") ? "espeak-ng not found. Run ./test, which installs it."
        : null;

    /// <summary>Speech at 16 kHz.</summary>
    public async Task<short[]> SayAsync(string text, string voice, CancellationToken cancellationToken)
    {
        var (speech, rateHz) = voice.StartsWith(Espeak, StringComparison.Ordinal)
            ? await SpeakAsync(text, voice[Espeak.Length..], cancellationToken)
            : (await SpeakFliteAsync(text, voice, cancellationToken), 24_000);
        var resampler = new Resampler(rateHz, 16_000);
        var sound = new short[resampler.MaxOutputSamples(speech.Length)];
        return sound[..resampler.Process(speech, sound)];
    }

    public void Dispose() => _flite.Dispose();

    private static bool Dispose(params IDisposable[] all)
    {
        foreach (var one in all)
            one.Dispose();
        return true;
    }

    private async Task<short[]> SpeakFliteAsync(string text, string voice, CancellationToken cancellationToken)
    {
        List<short> speech = [];
        await foreach (var chunk in _flite.SpeakAsync(text, new SpeechVoice { Name = voice, BaseVoice = voice }, cancellationToken))
            speech.AddRange(Pcm.ToSamples(chunk.Span));
        return [.. speech];
    }

    private static async Task<(short[] Speech, int RateHz)> SpeakAsync(string text, string voice, CancellationToken cancellationToken)
    {
        var file = Path.GetTempFileName();
        try
        {
            using var espeak = Process.Start("espeak-ng", ["-v", voice, "-w", file, text]);
            await espeak.WaitForExitAsync(cancellationToken);
            var sound = WavFile.Parse(await File.ReadAllBytesAsync(file, cancellationToken));
            return (sound.Samples.ToArray(), sound.SampleRateHz);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
