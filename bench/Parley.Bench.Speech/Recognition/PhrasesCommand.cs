using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Assistant;
using Parley.Bench.Speech.Corpora;
using Parley.Cascade;
using Parley.FirstMinute;
using Parley.Server;
using Parley.Speech;

namespace Parley.Bench.Speech.Recognition;

/// <summary>What the built-in engines hear and answer when visitors say the phrases of the console, and how often they mistake free speech for one.</summary>
internal static class PhrasesCommand
{
    internal static Command Create()
    {
        var others = new Option<bool>("--others") { Description = "Also other voices and phrases" };
        var outside = new Option<bool>("--outside") { Description = "Also recordings and sentences that are no phrases" };
        var command = new Command("phrases", "Twelve phrases in three voices: heard and answered (about 3 minutes)") { others, outside };
        command.SetAction(async (arguments, token) =>
        {
            using var speaker = new Speaker();
            await TableAsync(speaker, Phrase.Page, Speaker.Voices, token);
            if (arguments.GetValue(others))
            {
                await TableAsync(speaker, Phrase.Page, Speaker.OtherVoices, token);
                await TableAsync(speaker, Phrase.Others, [.. Speaker.Voices, .. Speaker.OtherVoices], token);
            }
            if (arguments.GetValue(outside))
                await OutsideAsync(speaker, token);
        });
        return command;
    }

    private static async Task TableAsync(Speaker speaker, IReadOnlyList<Phrase> phrases, IReadOnlyList<string> voices, CancellationToken cancellationToken)
    {
        Table.Head("voice", "said", "heard", "answered", "useful");
        var totals = new List<string>();
        foreach (var voice in voices)
        {
            await using var visit = await Visit.StartAsync(TimeProvider.System, cancellationToken);
            var useful = 0;
            foreach (var phrase in phrases)
            {
                var heard = await visit.AskAsync(await speaker.SayAsync(phrase.Said, voice, cancellationToken));
                var answer = string.Join("; ", heard.Calls.Append(heard.Answer));
                useful += phrase.IsAnsweredBy(heard) ? 1 : 0;
                Table.Row(voice, phrase.Said, heard.Transcript, answer.Length > 90 ? answer[..90] + "…" : answer, phrase.IsAnsweredBy(heard) ? "yes" : "no");
            }
            totals.Add($"{voice} {Table.Number(useful)} of {Table.Number(phrases.Count)}");
        }
        Console.WriteLine();
        Console.WriteLine($"Useful: {string.Join(", ", totals)}.");
        Console.WriteLine();
    }

    private static async Task OutsideAsync(Speaker speaker, CancellationToken cancellationToken)
    {
        using var engines = SpeechEngines.Create(new SpeechOptions(), TimeProvider.System, NullLoggerFactory.Instance);
        await using var services = new ServiceCollection().AddLiveApi().AddChatModel().Services.BuildServiceProvider();
        var phrases = services.GetRequiredService<ISpokenPhrases>().PhrasesFor(Visit.Functions, "en-US");
        Table.Head("speech that is no phrase", "clips", "taken for a phrase");
        await RowAsync("prompts of a telephone exchange", await Debian.PromptsAsync(cancellationToken));
        await RowAsync("sentences of books", [.. Debian.Books]);
        foreach (var voice in (string[])["kal16", "slt", "rms", "awb", "espeak en-us"])
        {
            List<Clip> clips = [];
            foreach (var sentence in Requests.OtherSentences.Concat(Requests.NearSentences))
                clips.Add(new(await speaker.SayAsync(sentence, voice, cancellationToken), sentence));
            await RowAsync($"sentences, {voice}", clips);
        }

        async Task RowAsync(string name, IReadOnlyList<Clip> clips)
        {
            var taken = new List<string>();
            foreach (var clip in clips)
            {
                var free = await HearAsync(clip, []);
                var helped = await HearAsync(clip, phrases);
                if (free != helped)
                    taken.Add($"{clip.Words} -> {helped}");
            }
            Table.Row(name, Table.Number(clips.Count), Table.Number(taken.Count));
            foreach (var one in taken)
                Console.Error.WriteLine(one);
        }

        async Task<string> HearAsync(Clip clip, IReadOnlyList<string> expected)
        {
            await using var recognition = engines.Recognizer.Engine.Start(new RecognitionRequest { Phrases = expected, Language = "en-US" });
            recognition.Accept([.. Sounds.Silence(200), .. clip.Sound, .. Sounds.Silence(300)]);
            return (await recognition.FinishAsync(cancellationToken)).Text;
        }
    }
}
