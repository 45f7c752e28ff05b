#pragma warning disable xUnit1051 // As on the page, without cancellation.
using Parley.Testing.Evaluation.Files;
using Parley.Testing.Evaluation.Measuring;
using Parley.Testing.Tests.Evaluation;

namespace Parley.Testing.Tests.Documentation;

/// <summary>The snippets and tables of docs/eval.md.</summary>
public sealed class EvalPageTests
{
    private static readonly string Page = File.ReadAllText(SnippetTests.PathOf("docs/eval.md"));

    [Fact]
    public async Task Server_of_a_test_is_evaluated()
    {
        await using var server = await LiveTestServer.StartAsync();
        server.When(Heard.Anything).Waits(TimeSpan.FromMilliseconds(300)).Says("Certainly, I will look for it.", SpokenReply.RealTime).Times(2);
        var call = new EvaluationCall("order").Says("Where is my order?").Interrupts("Wait, another question.", TimeSpan.FromSeconds(1)).Listens();

        var report = await LiveEvaluation.RunAsync(EvaluationTarget.Of(server), new LiveEvaluationOptions { Suite = new(call) });

        Assert.Equal(1, report["yield-rate"].Events);
    }

    [Fact]
    public void Scripts_of_the_page_are_valid() => Assert.All(SnippetTests.Snippets("eval.md", "yaml"), static text =>
    {
        Assert.Empty(EvaluationSuite.Lint(text));
        Assert.Null(EvaluationFileTests.Invalid(text));
    });

    [Fact]
    public void Description_of_a_recording_on_the_page_is_read()
    {
        var json = Assert.Single(SnippetTests.Snippets("eval.md", "json"));

        var recording = Testing.Evaluation.Reports.RecordingJson.Read("call", new StereoRecording(16_000, default, default), json);

        Assert.Equal([UtteranceKind.Turn, UtteranceKind.Backchannel], recording.Utterances!.Select(static one => one.Kind));
    }

    [Fact]
    public void Tables_have_every_measure_field_kind_and_option()
    {
        var cells = string.Join('\n', Page.Split('\n').Where(static line => line.StartsWith('|')));

        Assert.All(Measures.Ids, id => Assert.Contains($"| `{id}` |", cells, StringComparison.Ordinal));
        Assert.All(EvaluationFields.All.SelectMany(static one => one.Fields).Concat(EvaluationFields.Noises), field => Assert.Contains($"`{field}`", cells, StringComparison.Ordinal));
        Assert.All(typeof(LiveEvaluationOptions).GetProperties(), option => Assert.Matches($@"\n\| [^|]*`{option.Name}`", cells));
        Assert.All([.. Enum.GetNames<UtteranceKind>(), .. Enum.GetNames<EvaluationEventKind>()], name => Assert.Contains($"{name}", Page, StringComparison.Ordinal));
    }
}
