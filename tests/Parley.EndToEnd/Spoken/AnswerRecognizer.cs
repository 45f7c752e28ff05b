using Parley.Speech;

namespace Parley.EndToEnd.Spoken;

/// <summary>Recognizes spoken answers, independently of the server.</summary>
internal sealed class AnswerRecognizer : IDisposable
{
    private readonly PocketSphinxRecognizer _recognizer = PocketSphinxRecognizer.TryCreate(new PocketSphinxOptions { MaxDecoders = 1 }, null, null, out var found, out var problem)
        ? found
        : throw new ExpectationException($"{problem}. Run ./test, which installs it.");

    /// <param name="pcm">The answer, PCM16 at 24 kHz.</param>
    /// <param name="phrases">The expected texts, as right-hand sides of JSGF rules.</param>
    /// <param name="cancellationToken">Cancels the recognition.</param>
    public Task<string> RecognizeAsync(byte[] pcm, string[] phrases, CancellationToken cancellationToken) =>
        RecognizeAsync(Pcm.ToSamples(pcm), 24_000, phrases, cancellationToken);

    /// <summary>The same at another rate.</summary>
    public async Task<string> RecognizeAsync(short[] samples, int rateHz, string[] phrases, CancellationToken cancellationToken)
    {
        var resampler = new Resampler(rateHz, 16_000);
        var audio = new short[resampler.MaxOutputSamples(samples.Length)];
        var length = resampler.Process(samples, audio);
        await using var recognition = _recognizer.Start(new RecognitionRequest { Phrases = phrases });
        // All at once: what a decoder makes of audio that arrives in pieces depends on how many of them it finds at a time.
        recognition.Accept([.. TestSpeech.Silence(200), .. audio[..length], .. TestSpeech.Silence(300)]);
        return (await recognition.FinishAsync(cancellationToken)).Text;
    }

    public void Dispose() => _recognizer.Dispose();
}
