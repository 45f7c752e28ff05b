using Parley.Speech;

namespace Parley.Bench.Engines;

/// <summary>Speech with known words: of people, from the Debian package pocketsphinx-testdata, and of flite.</summary>
internal static class Clips
{
    private const string Root = "/usr/share/pocketsphinx/test/data";

    private static readonly string[] Sentences =
    [
        "the weather is nice today", "please call me back tomorrow morning", "how far is it to the station", "turn on the lights in the kitchen",
        "what time does the train leave", "i would like to order some coffee", "send a message to my brother", "there are twenty seven people in the room",
        "the quick brown fox jumps over the lazy dog", "set a timer for ten minutes",
    ];

    public static List<(short[] Sound, string Words)> Books { get; } = Read("librivox", "transcription");

    public static List<(short[] Sound, string Words)> Cards { get; } = Read("cards", "cards.transcription");

    public static async Task<List<(short[] Sound, string Words)>> SpokenAsync(FliteSynthesizer flite, string speaker)
    {
        var clips = new List<(short[] Sound, string Words)>();
        foreach (var sentence in Sentences)
        {
            var resampler = new Resampler(24_000, 16_000);
            var sound = new List<short>(new short[3_200]);
            await foreach (var chunk in flite.SpeakAsync(sentence, new SpeechVoice { Name = speaker, BaseVoice = speaker }))
            {
                var samples = new short[resampler.MaxOutputSamples((chunk.Length / 2) + 1)];
                sound.AddRange(samples.AsSpan(0, resampler.Process(chunk.Span, samples)));
            }
            clips.Add(([.. sound, .. new short[4_800]], sentence));
        }
        return clips;
    }

    private static List<(short[] Sound, string Words)> Read(string folder, string transcription) =>
    [
        .. File.ReadLines(Path.Combine(Root, folder, transcription)).Select(line =>
        {
            var name = line[(line.LastIndexOf('(') + 1)..line.LastIndexOf(')')];
            var words = line[..line.LastIndexOf('(')].Replace("<s>", "", StringComparison.Ordinal).Replace("</s>", "", StringComparison.Ordinal).Trim();
            return (WavFile.Load(Path.Combine(Root, folder, name + ".wav")).Samples.ToArray(), words);
        }),
    ];
}
