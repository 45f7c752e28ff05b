using Parley.Speech;

namespace Parley.Bench.Speech.Corpora;

/// <summary>Sentences spoken by flite in several voices.</summary>
internal sealed class Voices : IDisposable
{
    private readonly FliteSynthesizer _flite;

    internal Voices() => _flite = FliteSynthesizer.TryCreate(out var flite, out var problem)
        ? flite
        : throw new InvalidOperationException($"{problem}. Install from Debian: libflite1");

    internal static IReadOnlyList<string> Bases => ["kal16", "slt", "rms", "awb"];

    /// <summary>Speech at 16 kHz without leading and trailing silence.</summary>
    internal async Task<short[]> SayAsync(string text, string baseVoice, CancellationToken cancellationToken, float stretch = 1, float pitch = 1)
    {
        List<short> speech = [];
        var voice = new SpeechVoice { Name = baseVoice, BaseVoice = baseVoice, Stretch = stretch, PitchShift = pitch };
        await foreach (var chunk in _flite.SpeakAsync(text, voice, cancellationToken))
            speech.AddRange(Pcm.ToSamples(chunk.Span));
        var resampler = new Resampler(24_000, 16_000);
        var sound = new short[resampler.MaxOutputSamples(speech.Count)];
        return Sounds.Trim(sound[..resampler.Process([.. speech], sound)]);
    }

    public void Dispose() => _flite.Dispose();
}
