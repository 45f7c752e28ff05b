using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Speech;
using Parley.Speech.Synthesis;

namespace Parley.Bench.Speech.Engines;

/// <summary>Loudness, silence before the first word, time to the first audio and real-time factor of the 30 voices.</summary>
internal static class VoicesCommand
{
    // Sentences with many different sounds, about six seconds each.
    private static readonly Dictionary<string, string[]> Texts = new()
    {
        ["en"] = ["The quick brown fox jumps over the lazy dog.", "It will be sunny today, with a light wind and about twenty degrees.", "I set the alarm for seven o'clock. Is there anything else I can do for you?"],
        ["de"] = ["Heute wird es sonnig, mit leichtem Wind und etwa zwanzig Grad.", "Ich habe den Wecker auf sieben Uhr gestellt. Kann ich noch etwas tun?"],
        ["fr"] = ["Il fera beau aujourd'hui, avec un vent léger et environ vingt degrés.", "J'ai réglé le réveil à sept heures. Puis-je faire autre chose ?"],
        ["es"] = ["Hoy hará sol, con viento suave y unos veinte grados.", "He puesto la alarma a las siete. ¿Puedo hacer algo más?"],
        ["pl"] = ["Dzisiaj będzie słonecznie, z lekkim wiatrem i około dwudziestu stopni.", "Ustawiłem budzik na siódmą. Czy mogę jeszcze w czymś pomóc?"],
    };

    internal static Command Create()
    {
        var config = new Option<FileInfo?>("--config") { Description = "Configuration file with a Speech section, to measure another synthesizer. Default: the installed ones" };
        var language = new Option<string>("--language") { Description = "Language of the text: en, de, fr, es or pl", DefaultValueFactory = _ => "en" };
        var rounds = new Option<int>("--rounds") { Description = "How often the first audio is timed", DefaultValueFactory = _ => 5 };
        var command = new Command("voices", "Loudness, first audio and speed of the 30 voices (two minutes)") { config, language, rounds };
        command.SetAction((arguments, token) => RunAsync(arguments.GetValue(config), arguments.GetValue(language)!, arguments.GetValue(rounds), token));
        return command;
    }

    private static async Task RunAsync(FileInfo? config, string language, int rounds, CancellationToken cancellationToken)
    {
        var options = new SpeechOptions();
        if (config is not null)
            new ConfigurationBuilder().AddJsonFile(config.FullName).Build().GetSection("Speech").Bind(options);
        options.Recognizer.Provider = "none";
        using var engines = SpeechEngines.Create(options, TimeProvider.System, NullLoggerFactory.Instance);
        Console.WriteLine(engines.Synthesizer.Reason);
        Console.WriteLine();
        Table.Head("voice", "LUFS", "gain to the target, dB", "peak, dBFS", "silence before, ms", "first audio p50, ms", "real-time factor");
        var loudness = new List<double>();
        foreach (var voice in VoiceCatalog.All)
            loudness.Add(await RowAsync(engines.Synthesizer.Engine, voice with { Language = language }, Texts[language], rounds, cancellationToken));
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Loudest and quietest differ by {loudness.Max() - loudness.Min():0.0} dB."));
    }

    private static async Task<double> RowAsync(ISpeechSynthesizer synthesizer, SpeechVoice voice, string[] texts, int rounds, CancellationToken cancellationToken)
    {
        var first = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await foreach (var chunk in synthesizer.SpeakAsync(texts[i % texts.Length], voice, cancellationToken))
            {
                first.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                break;
            }
        }

        var samples = new List<short>();
        var begun = Stopwatch.GetTimestamp();
        foreach (var text in texts)
        {
            await foreach (var chunk in synthesizer.SpeakAsync(text, voice, cancellationToken))
                samples.AddRange(Pcm.ToSamples(chunk.Span));
        }
        var elapsed = Stopwatch.GetElapsedTime(begun);
        var lufs = SpeechLoudness.Of([.. samples], 24_000);
        var peak = samples.Max(static sample => Math.Abs((int)sample));
        var silence = samples.FindIndex(static sample => Math.Abs((int)sample) > 300);
        Table.Row(
            voice.Name, Db(lufs), Db(SpeechLoudness.Target - lufs), Db(20 * Math.Log10(peak / 32_768.0)), Table.Number(silence / 24), Table.Number(Table.Percentile(first, 0.5)),
            (elapsed.TotalSeconds / (samples.Count / 24_000.0)).ToString("0.000", CultureInfo.InvariantCulture));
        return lufs;
    }

    private static string Db(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
