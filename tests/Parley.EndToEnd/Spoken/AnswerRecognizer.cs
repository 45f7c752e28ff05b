using Parley.Speech;
using Parley.TestKit;

namespace Parley.EndToEnd.Spoken;

/// <summary>Listens to answers with a recognizer of its own.</summary>
internal sealed class Ear : IDisposable
{
    private readonly PocketSphinxRecognizer _recognizer = PocketSphinxRecognizer.TryCreate(new PocketSphinxOptions { MaxDecoders = 1 }, null, null, out var found, out var problem)
        ? found
        : throw new ExpectationException($"{problem}. Run ./test, which installs it.");

    /// <param name="pcm">An answer, PCM16 at 24 kHz.</param>
    /// <param name="phrases">What it may say, as right-hand sides of JSGF rules.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> HearAsync(byte[] pcm, string[] phrases, CancellationToken cancellationToken)
    {
        var resampler = new Resampler(24_000, 16_000);
        var samples = Pcm.ToSamples(pcm);
        var sound = new short[resampler.MaxOutputSamples(samples.Length)];
        var length = resampler.Process(samples, sound);
        await using var recognition = _recognizer.Start(new RecognitionRequest { Phrases = phrases });
        foreach (var chunk in ((short[])[.. Mouth.Silence(200), .. sound[..length], .. Mouth.Silence(300)]).Chunk(1_600))
            recognition.Accept(chunk);
        return (await recognition.FinishAsync(cancellationToken)).Text;
    }

    public void Dispose() => _recognizer.Dispose();
}
