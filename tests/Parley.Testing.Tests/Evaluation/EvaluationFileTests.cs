using System.Text;
using System.Text.Json;
using Json.Schema;
using Parley.Testing.Evaluation.Calling;
using Parley.Testing.Evaluation.Files;
using Parley.Testing.Files;

namespace Parley.Testing.Tests.Evaluation;

/// <summary>Files of calls: what is read, and what is wrong in them.</summary>
public sealed class EvaluationFileTests : IDisposable
{
    private const string EveryField =
        """
        $schema: evaluation.schema.json
        calls:
          - name: everything
            steps:
              - say: What is seven times six?
              - listen: true
              - say: [I would like to know, 900ms, what time it is]
                level: -6
              - interrupt: Stop.
                after: 1.5s
                file: tone.wav
              - backchannel: Uh-huh.
                after: 2s
              - noise: cough
                seed: 7
              - noise: file
                file: tone.wav
              - toOthers: Close the door, please.
                after: 500ms
              - wait: 3s
              - listen: 20s
        """;

    private static readonly JsonSchema Schema = JsonSchema.FromText(EvaluationSuite.Schema);
    private static readonly JsonElement Definitions = JsonElement.Parse(EvaluationSuite.Schema).GetProperty("$defs");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-evaluation-");

    public EvaluationFileTests() => Channels.Tone(0.5).Save(Path.Combine(_folder.FullName, "tone.wav"));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void File_with_every_field_is_read_and_valid_by_the_schema()
    {
        var suite = EvaluationSuite.Parse(EveryField, "a.yaml", _folder.FullName);

        var steps = Assert.Single(suite.Calls).Steps;
        Assert.Equal(10, steps.Count);
        Assert.Equal(
            [UtteranceKind.Turn, UtteranceKind.Turn, UtteranceKind.Interruption, UtteranceKind.Backchannel, UtteranceKind.Noise, UtteranceKind.Noise, UtteranceKind.SpeechToOthers],
            steps.OfType<UtterStep>().Select(static step => step.Kind));
        var hesitation = Assert.IsType<UtterStep>(steps[2]);
        Assert.Equal(("I would like to know what time it is", -6.0, 3), (hesitation.Words, hesitation.LevelDb, hesitation.Parts.Count));
        Assert.Equal(TimeSpan.FromMilliseconds(900), hesitation.Parts[1].Pause);
        var interruption = Assert.IsType<UtterStep>(steps[3]);
        Assert.Equal(("Stop.", TimeSpan.FromSeconds(1.5)), (interruption.Words, interruption.After));
        Assert.NotNull(Assert.Single(interruption.Parts).Recording);
        Assert.Equal(-12, Assert.IsType<UtterStep>(steps[7]).LevelDb);
        Assert.Equal(new ListenStep(TimeSpan.FromSeconds(20)), steps[9]);
        Assert.Null(Invalid(EveryField));
    }

    [Fact]
    public void Reader_and_schema_have_the_same_fields()
    {
        foreach (var (definition, fields) in EvaluationFields.All)
        {
            var properties = Definitions.GetProperty(definition).GetProperty("properties").EnumerateObject().Select(static property => property.Name);
            Assert.True(fields.Order().SequenceEqual(properties.Order()), $"{definition}: the reader has {string.Join(", ", fields)}");
        }
        var objects = Definitions.EnumerateObject().Where(static one => one.Value.TryGetProperty("properties", out _)).Select(static one => one.Name);
        Assert.Equal(EvaluationFields.All.Select(static one => one.Definition).Order(), objects.Order());
        Assert.Equal([.. Enum.GetNames<VocalNoise>().Select(JsonNamingPolicy.CamelCase.ConvertName), "file"], EvaluationFields.Noises);
    }

    [Theory]
    [InlineData("", "The file is empty. It needs 'calls'.")]
    [InlineData("- say: x", "An evaluation must be a map")]
    [InlineData("calls: []", "'calls' is empty")]
    [InlineData("{ call: [], calls: [{ name: a, steps: [{ say: x }] }] }", "Did you mean 'calls'?")]
    [InlineData("calls: [{ steps: [{ say: x }] }]", "has no 'name'")]
    [InlineData("calls: [{ name: a/b, steps: [{ say: x }] }]", "not the name of a call")]
    [InlineData("calls: [{ name: a, steps: [{ say: x }] }, { name: A, steps: [{ say: x }] }]", "Two calls have the name 'A'")]
    [InlineData("calls: [{ name: a, steps: [] }]", "'steps' is empty")]
    [InlineData("calls: [{ name: a, steps: [hello] }]", "A step must be a map")]
    [InlineData("calls: [{ name: a, steps: [{ says: x }] }]", "Did you mean 'say'?")]
    [InlineData("calls: [{ name: a, steps: [{ say: x, listen: true }] }]", "A step does one thing")]
    [InlineData("calls: [{ name: a, steps: [{ say: [1s] }] }]", "has no text")]
    [InlineData("calls: [{ name: a, steps: [{ say: x, file: none.wav }] }]", "there is no file none.wav")]
    [InlineData("calls: [{ name: a, steps: [{ interrupt: x }] }]", "'interrupt' needs 'after'")]
    [InlineData("calls: [{ name: a, steps: [{ noise: sneeze }] }]", "'noise' must be cough or laugh")]
    [InlineData("calls: [{ name: a, steps: [{ noise: file }] }]", "needs 'file'")]
    [InlineData("calls: [{ name: a, steps: [{ noise: cough, file: tone.wav }] }]", "written noise: file")]
    [InlineData("calls: [{ name: a, steps: [{ wait: soon }] }]", "must be a duration")]
    [InlineData("calls: [{ name: a, steps: [{ wait: 10m }] }]", "at most 5m")]
    [InlineData("calls: [{ name: a, steps: [{ listen: false }] }]", "'listen'")]
    [InlineData("calls: [{ name: a, steps: [{ say: x, level: 30 }] }]", "from -60 to 20")]
    public void Mistake_is_an_error_with_its_place(string text, string expected)
    {
        var problem = Assert.Single(EvaluationSuite.Lint(text, "a.yaml", _folder.FullName));

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.StartsWith("a.yaml:1:", problem.ToString(), StringComparison.Ordinal);
        Assert.Throws<ScenarioFileException>(() => EvaluationSuite.Parse(text, "a.yaml", _folder.FullName));
    }

    [Theory]
    [InlineData("calls: []")]
    [InlineData("calls: [{ steps: [{ say: x }] }]")]
    [InlineData("calls: [{ name: a/b, steps: [{ say: x }] }]")]
    [InlineData("calls: [{ name: a, steps: [{ says: x }] }]")]
    [InlineData("calls: [{ name: a, steps: [{ interrupt: x }] }]")]
    [InlineData("calls: [{ name: a, steps: [{ noise: sneeze }] }]")]
    [InlineData("calls: [{ name: a, steps: [{ wait: soon }] }]")]
    public void What_the_reader_refuses_the_schema_refuses_too(string text) => Assert.NotNull(Invalid(text));

    [Fact]
    public void Json_file_is_read_too()
    {
        var path = Path.Combine(_folder.FullName, "a.json");
        File.WriteAllText(path, """{"calls":[{"name":"a","steps":[{"say":"x","file":"tone.wav"},{"listen":true}]}]}""");

        Assert.Equal("turn \"x\", listen", EvaluationSuite.Load(path).Calls[0].ToString());
    }

    [Fact]
    public void Default_suite_has_cases_of_every_kind() =>
        Assert.Equal(
            Enum.GetValues<UtteranceKind>(),
            EvaluationSuite.Default.Calls.SelectMany(static call => call.Steps).OfType<UtterStep>().Select(static step => step.Kind).Distinct().Order());

    [Theory]
    [InlineData(VocalNoise.Cough)]
    [InlineData(VocalNoise.Laugh)]
    [InlineData(VocalNoise.ThroatClearing)]
    public void Noise_of_a_seed_is_the_same_each_time(VocalNoise noise)
    {
        var (one, same, other) = (VocalNoises.Create(noise, 1), VocalNoises.Create(noise, 1), VocalNoises.Create(noise, 2));

        Assert.Equal(one.Samples.ToArray(), same.Samples.ToArray());
        Assert.NotEqual(one.Samples.ToArray(), other.Samples.ToArray());
        Assert.InRange(one.Duration.TotalSeconds, 0.3, 1.5);
    }

    /// <summary>Why a file is not valid by the schema; null if it is.</summary>
    internal static string? Invalid(string text)
    {
        var problems = new FileProblems("a.yaml");
        var node = ScenarioReader.Parse(Encoding.UTF8.GetBytes(text), "a.yaml", problems);
        Assert.Empty(problems.Found);
        var result = Schema.Evaluate(JsonSerializer.SerializeToElement(node!.ToJson()), new EvaluationOptions { OutputFormat = OutputFormat.List });
        return result.IsValid ? null : JsonSerializer.Serialize(result);
    }
}
