namespace Parley.Speech.Tests;

/// <summary>Recorded speech of the Debian package pocketsphinx-testdata, and word error rates.</summary>
internal static class Recordings
{
    private const string Root = "/usr/share/pocketsphinx/test/data";

    public static IEnumerable<(short[] Sound, string Words)> Books => Read("librivox", "transcription");

    public static IEnumerable<(short[] Sound, string Words)> Cards => Read("cards", "cards.transcription");

    /// <summary>"go forward ten meters"</summary>
    public static short[] GoForward => Pcm.ToSamples(File.ReadAllBytes(Path.Combine(Installed(), "goforward.raw")));

    /// <summary>Phrases that cover <see cref="Cards"/>.</summary>
    public static string[] CardPhrases
    {
        get
        {
            const string rank = "(ace | two | three | four | five | six | seven | eight | nine | ten | jack | queen | king | lady)";
            const string card = rank + " [of] (clubs | hearts | diamonds | spades)";
            return [card, $"{rank} {rank}", $"{rank} {card}", $"{card} {card}", $"{card} {card} {card}"];
        }
    }

    /// <summary>Speech as the server gets it from a telephone: 8 kHz, G.711, and 16 kHz again.</summary>
    public static short[] ThroughTelephone(short[] sound)
    {
        var telephone = Resample(sound, 16_000, 8_000);
        var encoded = new byte[telephone.Length];
        G711.Encode(G711Law.MuLaw, telephone, encoded);
        G711.Decode(G711Law.MuLaw, encoded, telephone);
        return Resample(telephone, 8_000, 16_000);
    }

    public static Task<string> RecognizeAsync(this ISpeechRecognizer recognizer, short[] sound, params string[] phrases) =>
        recognizer.RecognizeAsync(sound, speaker: null, phrases);

    public static async Task<string> RecognizeAsync(this ISpeechRecognizer recognizer, short[] sound, SpeakerProfile? speaker, params string[] phrases)
    {
        await using var recognition = recognizer.Start(new RecognitionRequest { Phrases = phrases, Speaker = speaker });
        foreach (var chunk in sound.Chunk(320))
            recognition.Accept(chunk);
        return (await recognition.FinishAsync(TestContext.Current.CancellationToken)).Text;
    }

    /// <summary>Word error rate over clips of one speaker.</summary>
    public static async Task<double> WordErrorRateAsync(this ISpeechRecognizer recognizer, IEnumerable<(short[] Sound, string Words)> clips, params string[] phrases)
    {
        var (errors, words) = (0, 0);
        var speaker = new SpeakerProfile();
        foreach (var (sound, said) in clips)
        {
            var heard = await recognizer.RecognizeAsync(sound, speaker, phrases);
            errors += Worker.Recognition.WordSimilarity.Edits(Worker.Recognition.WordSimilarity.Words(said), Worker.Recognition.WordSimilarity.Words(heard));
            words += Worker.Recognition.WordSimilarity.Words(said).Length;
        }
        return (double)errors / words;
    }

    /// <summary>Speech of flite at 16 kHz.</summary>
    public static async Task<short[]> SayAsync(this ISpeechSynthesizer synthesizer, string text, SpeechVoice? voice = null)
    {
        var speech = await synthesizer.CollectAsync(text, voice);
        var resampler = new Resampler(24_000, 16_000);
        var sound = new short[resampler.MaxOutputSamples(speech.Length)];
        var length = resampler.Process(speech, sound);
        return [.. Signals.Silence(200), .. sound[..length], .. Signals.Silence(300)];
    }

    private static IEnumerable<(short[] Sound, string Words)> Read(string folder, string transcription)
    {
        foreach (var line in File.ReadLines(Path.Combine(Installed(), folder, transcription)))
        {
            var name = line[(line.LastIndexOf('(') + 1)..line.LastIndexOf(')')];
            var words = line[..line.LastIndexOf('(')].Replace("<s>", "", StringComparison.Ordinal).Replace("</s>", "", StringComparison.Ordinal).Trim();
            var wav = WavFile.Parse(File.ReadAllBytes(Path.Combine(Root, folder, name + ".wav")));
            yield return (wav.Samples.ToArray(), words);
        }
    }

    private static string Installed()
    {
        if (!Directory.Exists(Root))
            Assert.Skip("No recordings. Install the Debian package pocketsphinx-testdata to run this test.");
        return Root;
    }

    private static short[] Resample(short[] sound, int fromHz, int toHz)
    {
        var resampler = new Resampler(fromHz, toHz);
        var resampled = new short[resampler.MaxOutputSamples(sound.Length)];
        return resampled[..resampler.Process(sound, resampled)];
    }
}
