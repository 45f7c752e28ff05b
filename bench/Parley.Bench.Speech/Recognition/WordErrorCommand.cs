using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Bench.Speech.Corpora;
using Parley.Speech;
using Parley.Speech.Whisper;
using Parley.Speech.Worker.Recognition;

namespace Parley.Bench.Speech.Recognition;

/// <summary>Word error rates: deletions, insertions and substitutions divided by the number of words.</summary>
internal static class WordErrorCommand
{
    internal static Command Create()
    {
        var config = new Option<FileInfo?>("--config")
        {
            Description = "Configuration file with a Speech section, to measure another recognizer. Default: the built-in recognizer",
        };
        var prompts = new Option<int>("--prompts")
        {
            Description = "Most prompts of the telephone exchange",
            DefaultValueFactory = _ => 1_000,
        };
        var rate = new Option<int>("--rate")
        {
            Description = "Rate in Hz at which a client sends the clips, such as 8000 for a telephone",
            DefaultValueFactory = _ => 16_000,
        };
        var command = new Command("wer", "Word error rates on recorded and synthesized speech (about 12 minutes)") { config, prompts, rate };
        command.SetAction((arguments, token) => RunAsync(arguments.GetValue(config), arguments.GetValue(prompts), arguments.GetValue(rate), token));
        return command;
    }

    private static async Task RunAsync(FileInfo? config, int prompts, int rateHz, CancellationToken cancellationToken)
    {
        var options = new SpeechOptions();
        if (config is not null)
            new ConfigurationBuilder().AddJsonFile(config.FullName).Build().GetSection("Speech").Bind(options);
        using var engines = SpeechEngines.Create(options, TimeProvider.System, NullLoggerFactory.Instance, [new WhisperProvider(new ModelStore(options.ModelFolder ?? ModelStore.DefaultFolder))]);
        var recognizer = engines.Recognizer.Engine;
        Console.WriteLine(engines.Recognizer.Reason);
        Console.WriteLine();
        Table.Head("speech", "clips", "words", "word errors", "with phrases", "clips with an error", "with phrases");

        await RowAsync("prompts of a telephone exchange, one speaker", [.. (await Debian.PromptsAsync(cancellationToken)).Take(prompts)], Requests.Phrases());
        await RowAsync("sentences of books, five readers", [.. Debian.Books], Requests.Phrases(), strangers: true);
        await RowAsync("playing cards, phrases of cards", [.. Debian.Cards], Debian.CardPhrases);
        await RowAsync("three commands", [.. Debian.Commands], ["go (forward | backward) (one | two | five | ten) meters", "go somewhere and do something"]);

        using var voices = new Voices();
        foreach (var voice in Voices.Bases)
            await RowAsync($"requests, flite {voice}", await SayAsync(voices, Requests.Sentences, voice, cancellationToken), Requests.Phrases());
        foreach (var voice in Voices.Bases.Take(2))
            await RowAsync($"sentences outside the phrases, flite {voice}", await SayAsync(voices, Requests.OtherSentences, voice, cancellationToken), Requests.Phrases());

        if (engines.Recognizer.Status.Length > 0)
            Console.WriteLine($"{Environment.NewLine}{engines.Recognizer.Name}: {engines.Recognizer.Status}.");

        async Task RowAsync(string name, IReadOnlyList<Clip> clips, IReadOnlyList<string> phrases, bool strangers = false)
        {
            if (clips.Count == 0)
                return;
            clips = [.. clips.Select(clip => clip with { Sound = Sounds.Through(clip.Sound, rateHz) })];
            var both = await Task.WhenAll(
                MeasureAsync(recognizer, clips, [], strangers, cancellationToken), MeasureAsync(recognizer, clips, phrases, strangers, cancellationToken));
            var (free, helped) = (both[0], both[1]);
            Table.Row(
                name, Table.Number(clips.Count), Table.Number(free.Words), Table.Percent(free.Rate), Table.Percent(helped.Rate),
                Table.Percent((double)free.Wrong / clips.Count), Table.Percent((double)helped.Wrong / clips.Count));
        }
    }

    // One after the other in this order: the recognizer adapts to the speaker with each clip.
    private static async Task<(int Words, double Rate, int Wrong)> MeasureAsync(
        ISpeechRecognizer recognizer, IReadOnlyList<Clip> clips, IReadOnlyList<string> phrases, bool strangers, CancellationToken cancellationToken)
    {
        var (words, errors, wrong) = (0, 0, 0);
        var speaker = new SpeakerProfile();
        foreach (var clip in clips)
        {
            await using var recognition = recognizer.Start(new RecognitionRequest { Phrases = phrases, Language = "en-US", Speaker = strangers ? null : speaker });
            // Real speech does not begin with the first sample.
            foreach (var chunk in new[] { Sounds.Silence(200), clip.Sound, Sounds.Silence(300) }.SelectMany(part => part.Chunk(1_600)))
                recognition.Accept(chunk);
            var heard = WordSimilarity.Words(Debian.Words((await recognition.FinishAsync(cancellationToken)).Text));
            var said = WordSimilarity.Words(clip.Words);
            var edits = WordSimilarity.Edits<string>(said, heard);
            (words, errors, wrong) = (words + said.Length, errors + edits, wrong + (edits > 0 ? 1 : 0));
        }
        return (words, (double)errors / words, wrong);
    }

    private static async Task<IReadOnlyList<Clip>> SayAsync(Voices voices, IEnumerable<string> sentences, string voice, CancellationToken cancellationToken)
    {
        List<Clip> clips = [];
        foreach (var sentence in sentences)
            clips.Add(new(await voices.SayAsync(sentence, voice, cancellationToken), sentence));
        return clips;
    }
}
