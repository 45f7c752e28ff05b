using static Parley.Testing.Tests.Evaluation.Channels;

namespace Parley.Testing.Tests.Evaluation;

/// <summary>Recordings and reports in files.</summary>
public sealed class RecordingFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-evaluation-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Saved_calls_give_the_same_measures_again()
    {
        var recording = Recording([(1, 2), (5, 6)], [(3, 5.5), (7, 9)]) with
        {
            Utterances = [Utterance(UtteranceKind.Turn, 1, 2, "A question"), Utterance(UtteranceKind.Noise, 5, 6)],
            Events = [new EvaluationEvent(TimeSpan.FromSeconds(2.5), EvaluationEventKind.InputTranscript, "a question")],
            Lateness = TimeSpan.FromMilliseconds(3),
        };
        var report = LiveEvaluation.Measure([recording]);
        report.Save(_folder.FullName);

        var again = LiveEvaluation.Measure(LiveEvaluation.Load(_folder.FullName));

        Assert.Equal(report.Measures, again.Measures);
        Assert.Equal(["call.json", "call.svg", "call.wav", "report.json", "report.md"], _folder.EnumerateFiles().Select(static file => file.Name).Order());
        Assert.Contains("A question", File.ReadAllText(Path.Combine(_folder.FullName, "report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Wav_file_of_another_system_is_measured_without_anything_beside_it()
    {
        var path = Path.Combine(_folder.FullName, "other.wav");
        Recording([(1, 2)], [(3, 5)]).Audio.Save(path);

        var report = LiveEvaluation.Measure(LiveEvaluation.Load(path));

        Assert.Equal("other", report.Target);
        Assert.Equal(1, report["response-latency"].Estimate!.Value.Value);
    }

    [Fact]
    public void Recording_keeps_its_samples()
    {
        var recording = new StereoRecording(8_000, new short[] { 1, -2, 3 }, new short[] { short.MinValue });

        var read = StereoRecording.Parse(recording.ToBytes());

        Assert.Equal(8_000, read.SampleRateHz);
        Assert.Equal([1, -2, 3], read.User.ToArray());
        Assert.Equal([short.MinValue, 0, 0], read.Agent.ToArray());
    }

    [Fact]
    public void File_that_is_no_recording_says_what_is_needed()
    {
        var mono = Assert.Throws<FormatException>(() => StereoRecording.Parse(Tone(0.1).ToBytes()));
        Assert.Contains("1 channel(s)", mono.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => StereoRecording.Parse("no wav"u8));
        var truncated = new StereoRecording(8_000, new short[100], default).ToBytes();
        Assert.All(Enumerable.Range(0, 44), length => Assert.ThrowsAny<FormatException>(() => StereoRecording.Parse(truncated.AsSpan(0, length))));

        File.WriteAllText(Path.Combine(_folder.FullName, "a.wav"), "no wav");
        Assert.Throws<EvaluationException>(() => LiveEvaluation.Load(_folder.FullName));
        Assert.Throws<EvaluationException>(() => LiveEvaluation.Load(Path.Combine(_folder.FullName, "none.wav")));
    }

    [Fact]
    public void Description_that_is_broken_is_an_error_of_its_file()
    {
        var path = Path.Combine(_folder.FullName, "a.wav");
        Recording([(1, 2)], []).Audio.Save(path);
        File.WriteAllText(Path.ChangeExtension(path, ".json"), "{\"utterances\":[{\"kind\":\"Shout\"}]}");

        Assert.Contains("a.json", Assert.Throws<EvaluationException>(() => LiveEvaluation.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Picture_has_the_lanes_and_what_the_agent_made_of_each_utterance()
    {
        var recording = Recording([(1, 2), (5, 6)], [(3, 5.5), (7, 9)]) with
        {
            Name = "a-call",
            Utterances = [Utterance(UtteranceKind.Turn, 1, 2, "<b>&"), Utterance(UtteranceKind.Interruption, 5, 6)],
            Events = [new EvaluationEvent(TimeSpan.FromSeconds(5.5), EvaluationEventKind.Interrupted)],
        };

        var svg = System.Xml.Linq.XDocument.Parse(LiveEvaluation.Measure([recording]).Calls[0].ToSvg());

        var texts = svg.Descendants().Where(static element => element.Name.LocalName == "text").Select(static element => element.Value).ToList();
        Assert.Contains("a-call", texts);
        Assert.Contains("yield 0.50 s, response 1.00 s", texts);
        Assert.Contains("interrupted", texts);
        Assert.Equal(4, svg.Descendants().Count(static element => element.Name.LocalName == "rect" && element.Attribute("class")!.Value.EndsWith("speech", StringComparison.Ordinal)));
    }
}
