using Microsoft.Extensions.Logging.Abstractions;

namespace Parley.Speech;

/// <summary>Finds the best synthesizer of this machine.</summary>
public static class SpeechSynthesizers
{
    /// <summary>Gives flite for English and espeak-ng for other languages where they are installed, else tones; never fails.</summary>
    /// <returns>The synthesizer, and one sentence for logs and health pages on why it is this one.</returns>
    public static SpeechSynthesizerChoice CreateDefault()
    {
        var local = SynthesizerFactory.Local(new SynthesizerOptions(), TimeProvider.System, NullLoggerFactory.Instance);
        return new(local.Engine, local.Reason);
    }
}

/// <summary>A synthesizer and why it was chosen.</summary>
/// <param name="Synthesizer">Yours to dispose where it is <see cref="IDisposable"/>.</param>
/// <param name="Reason">A sentence for a person, such as "libflite.so.1 not found, espeak-ng not found: speaking with tones. Debian packages: libflite1 espeak-ng".</param>
public readonly record struct SpeechSynthesizerChoice(ISpeechSynthesizer Synthesizer, string Reason);
