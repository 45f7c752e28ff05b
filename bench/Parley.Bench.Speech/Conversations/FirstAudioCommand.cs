using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Assistant.Languages;
using Parley.Bench.Speech.Corpora;
using Parley.Server.Storage;
using Parley.Speech;

namespace Parley.Bench.Speech.Conversations;

/// <summary>
/// Time to first audio in one conversation against the ideal critical path: recognizer and synthesizer measured alone, one after the other,
/// with nothing between them.
/// </summary>
internal static class FirstAudioCommand
{
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);

    internal static Command Create()
    {
        var seconds = new Option<int>("--seconds") { Description = "Duration of the conversation", DefaultValueFactory = _ => 120 };
        var command = new Command("first-audio", "Time to first audio against the measured stages (about three minutes)") { seconds };
        command.SetAction((arguments, token) => RunAsync(TimeSpan.FromSeconds(arguments.GetValue(seconds)), token));
        return command;
    }

    private static async Task RunAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        var questions = await Questions.SayAsync(cancellationToken);
        List<double> finals = [], sounds = [];
        using (var engines = SpeechEngines.Create(new SpeechOptions(), TimeProvider.System, NullLoggerFactory.Instance))
        {
            for (var round = 0; round < 3; round++)
            {
                foreach (var question in questions)
                {
                    finals.Add(await FinalAsync(engines.Recognizer.Engine, question, cancellationToken));
                    sounds.Add(await SoundAsync(engines.Synthesizer.Engine, cancellationToken));
                }
            }
        }

        await using var server = await Server.StartAsync(cancellationToken, Server.FixedSilence);
        await using var session = await server.Client().ConnectAsync(Talker.Setup(Silence), cancellationToken);
        var talker = new Talker(session, questions, 0, Silence);
        await talker.TalkAsync(time, cancellationToken);

        var (final, sound, whole) = (Table.Percentile(finals, 0.5), Table.Percentile(sounds, 0.5), Table.Percentile(talker.Delays, 0.5));
        var audible = Table.Percentile(talker.AudibleDelays, 0.5);
        Table.Head("stage, p50", "ms");
        Table.Row("final transcript after the last sample, recognizer alone", Table.Number(final));
        Table.Row("first audio of a sentence, synthesizer alone", Table.Number(sound));
        Table.Row("ideal critical path", Table.Number(final + sound));
        Table.Row($"first audio after the silence window, whole server, {talker.Delays.Count} turns", Table.Number(whole));
        Table.Row("ratio", Table.Number(whole / (final + sound)));
        Table.Row("first audible sample", Table.Number(audible));
    }

    // Fed in real time: only the work left at the end delays the answer.
    private static async Task<double> FinalAsync(ISpeechRecognizer recognizer, short[] question, CancellationToken cancellationToken)
    {
        await using var recognition = recognizer.Start(new RecognitionRequest { Phrases = Requests.Phrases() });
        using var clock = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        foreach (var frame in new[] { question, Sounds.Silence(Silence.TotalMilliseconds) }.SelectMany(part => part.Chunk(320)))
        {
            await clock.WaitForNextTickAsync(cancellationToken);
            recognition.Accept(frame);
        }
        var ended = TimeProvider.System.GetTimestamp();
        _ = await recognition.FinishAsync(cancellationToken);
        return TimeProvider.System.GetElapsedTime(ended).TotalMilliseconds;
    }

    private static async Task<double> SoundAsync(ISpeechSynthesizer synthesizer, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        await foreach (var _ in synthesizer.SpeakAsync("That makes 42.", VoiceCatalog.Default, cancellationToken))
            break;
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }
}
