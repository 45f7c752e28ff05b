using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Parley.Bench.Speech.Corpora;

/// <summary>
/// Recorded speech with known transcripts, and music, from Debian packages. The files are read where they are installed; none is part of
/// this project.
/// </summary>
internal static partial class Debian
{
    private const string SphinxRoot = "/usr/share/pocketsphinx/test/data";
    private const string PromptRoot = "/usr/share/asterisk/sounds/en_US_f_Allison";
    private const string PromptTexts = "/usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz";
    private const string MusicRoot = "/usr/share/asterisk/moh";

    /// <summary>Sentences of five readers of LibriVox.</summary>
    internal static IEnumerable<Clip> Books => Transcribed("librivox", "transcription");

    /// <summary>Names of playing cards.</summary>
    internal static IEnumerable<Clip> Cards => Transcribed("cards", "cards.transcription");

    /// <summary>Three commands.</summary>
    internal static IEnumerable<Clip> Commands =>
    [
        new(Raw("goforward.raw"), "go forward ten meters"),
        new(Raw("something.raw"), "go somewhere and do something"),
        new(Raw("tidigits/dhd.2934z.raw"), "two nine three four zero"),
    ];

    /// <summary>The sentences of <see cref="Cards"/>, as phrases for a grammar.</summary>
    internal static string[] CardPhrases
    {
        get
        {
            const string Rank = "(ace | two | three | four | five | six | seven | eight | nine | ten | jack | queen | king | lady)";
            const string Card = Rank + " [of] (clubs | hearts | diamonds | spades)";
            return [Card, $"{Rank} {Rank}", $"{Rank} {Card}", $"{Card} {Card}", $"{Card} {Card} {Card}"];
        }
    }

    /// <summary>
    /// Prompts of a telephone system by one professional speaker: all with 4 to 30 words and without numerals or stage directions.
    /// </summary>
    internal static async Task<IReadOnlyList<Clip>> PromptsAsync(CancellationToken cancellationToken)
    {
        Need(PromptTexts, "asterisk-core-sounds-en asterisk-core-sounds-en-g722");
        var clips = new List<Clip>();
        await using var file = new GZipStream(File.OpenRead(PromptTexts), CompressionMode.Decompress);
        using var reader = new StreamReader(file);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var path = colon > 0 ? Path.Combine(PromptRoot, line[..colon].Trim() + ".g722") : "";
            var text = colon > 0 ? line[(colon + 1)..] : "";
            var words = Words(text);
            if (!line.StartsWith(';') && File.Exists(path) && text.IndexOfAny(['[', '<', '(', ']', '>']) < 0 && !text.Any(char.IsAsciiDigit)
                && words.Split(' ').Length is >= 4 and <= 30)
                clips.Add(new(await DecodeAsync(path, cancellationToken), words));
        }
        return clips;
    }

    /// <summary>A minute of on-hold music.</summary>
    internal static async Task<short[]> MusicAsync(CancellationToken cancellationToken)
    {
        Need(MusicRoot, "asterisk-moh-opsound-g722");
        var files = Directory.GetFiles(MusicRoot, "*.g722", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        return files.Length > 0 ? (await DecodeAsync(files[0], cancellationToken)).Take(60 * 16_000).ToArray() : throw new InvalidOperationException($"{MusicRoot} holds no .g722 file.");
    }

    /// <summary>Text in the form that recognizers return.</summary>
    internal static string Words(string text) => string.Join(' ', WordPattern().Matches(text.ToLowerInvariant().Replace('’', '\'')).Select(match => match.Value));

    private static async Task<short[]> DecodeAsync(string path, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("ffmpeg", ["-v", "error", "-f", "g722", "-i", path, "-ar", "16000", "-ac", "1", "-f", "s16le", "-"]) { RedirectStandardOutput = true };
        using var ffmpeg = Process.Start(start)!;
        using var sound = new MemoryStream();
        await ffmpeg.StandardOutput.BaseStream.CopyToAsync(sound, cancellationToken);
        await ffmpeg.WaitForExitAsync(cancellationToken);
        return ffmpeg.ExitCode == 0 ? Pcm.ToSamples(sound.ToArray()) : throw new InvalidOperationException($"ffmpeg could not read {path}.");
    }

    private static IEnumerable<Clip> Transcribed(string folder, string transcription)
    {
        Need(SphinxRoot, "pocketsphinx-testdata");
        foreach (var line in File.ReadLines(Path.Combine(SphinxRoot, folder, transcription)))
        {
            var name = line[(line.LastIndexOf('(') + 1)..line.LastIndexOf(')')];
            var words = line[..line.LastIndexOf('(')].Replace("<s>", "", StringComparison.Ordinal).Replace("</s>", "", StringComparison.Ordinal);
            yield return new(WavFile.Parse(File.ReadAllBytes(Path.Combine(SphinxRoot, folder, name + ".wav"))).Samples.ToArray(), Words(words));
        }
    }

    private static short[] Raw(string name)
    {
        Need(SphinxRoot, "pocketsphinx-testdata");
        return Pcm.ToSamples(File.ReadAllBytes(Path.Combine(SphinxRoot, name)));
    }

    private static void Need(string path, string packages)
    {
        if (!Path.Exists(path))
            throw new InvalidOperationException($"{path} is missing. Install from Debian: {packages}");
    }

    [GeneratedRegex("[a-z]+(?:'[a-z]+)?")]
    private static partial Regex WordPattern();
}
