using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Assistant.Languages;
using Parley.Bench.Speech.Corpora;
using Parley.Server.Storage;
using Parley.Speech;

namespace Parley.Bench.Speech.Conversations;

/// <summary>
/// First sound of one conversation against the ideal critical path: what recognizer and voice take alone, one after the other, with nothing
/// between them.
/// </summary>
internal static class FirstAudioCommand
{
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);

    internal static Command Create()
    {
        var seconds = new Option<int>("--seconds") { Description = "How long the conversation goes on", DefaultValueFactory = _ => 120 };
        var command = new Command("first-audio", "First sound against the measured stages (about three minutes)") { seconds };
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
        Table.Row("first sound of a sentence, voice alone", Table.Number(sound));
        Table.Row("ideal critical path", Table.Number(final + sound));
        Table.Row($"first sound beyond the silence, whole server, {talker.Delays.Count} turns", Table.Number(whole));
        Table.Row("ratio", Table.Number(whole / (final + sound)));
        Table.Row("first sample that can be heard", Table.Number(audible));
    }

    // Fed as it is spoken: what is left at the end is what a listener waits for.
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
