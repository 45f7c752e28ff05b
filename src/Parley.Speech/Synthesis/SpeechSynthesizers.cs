namespace Parley.Speech;

/// <summary>Finds the best synthesizer of this machine.</summary>
public static class SpeechSynthesizers
{
    /// <summary>Gives flite where it is installed, else tones; never fails.</summary>
    /// <returns>The synthesizer, and one sentence for logs and health pages on why it is this one.</returns>
    public static SpeechSynthesizerChoice CreateDefault() =>
        FliteSynthesizer.TryCreate(out var flite, out var problem)
            ? new(flite, flite.Reason)
            : new(new ToneSynthesizer(), $"{problem}: speaking with tones. Debian package: libflite1");
}

/// <summary>A synthesizer and why it was chosen.</summary>
/// <param name="Synthesizer">Yours to dispose where it is <see cref="IDisposable"/>.</param>
/// <param name="Reason">One sentence for a person, such as "libflite.so.1 not found: speaking with tones. Debian package: libflite1".</param>
public readonly record struct SpeechSynthesizerChoice(ISpeechSynthesizer Synthesizer, string Reason);
