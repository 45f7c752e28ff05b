using System.Text.Json;
using Json.Schema;
using Parley.Testing.Files;

namespace Parley.Testing.Tests.Files;

/// <summary>The schema and the reader know the same format.</summary>
public sealed class SchemaTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(ScenarioFile.Schema);
    private static readonly JsonElement Definitions = JsonElement.Parse(ScenarioFile.Schema).GetProperty("$defs");

    [Fact]
    public void Reader_and_schema_have_the_same_fields()
    {
        foreach (var (definition, fields) in FileFields.All)
        {
            var properties = Definitions.GetProperty(definition).GetProperty("properties").EnumerateObject().Select(static property => property.Name);
            Assert.True(fields.Order().SequenceEqual(properties.Order()), $"{definition}: the reader has {string.Join(", ", fields)}");
        }

        var objects = Definitions.EnumerateObject().Where(static one => one.Value.TryGetProperty("properties", out _)).Select(static one => one.Name);
        Assert.Equal(FileFields.All.Select(static one => one.Definition).Order(), objects.Order());
    }

    [Fact]
    public void Every_field_is_described_and_the_test_file_has_it()
    {
        foreach (var (definition, fields) in FileFields.All)
        {
            foreach (var field in fields.Where(static field => field != "quirks"))
            {
                Assert.Matches($@"(^|[\s{{\-]){System.Text.RegularExpressions.Regex.Escape(field)}:", ScenarioFiles.EveryField);
                var property = Definitions.GetProperty(definition).GetProperty("properties").GetProperty(field);
                Assert.True(property.TryGetProperty("description", out _) || property.TryGetProperty("$ref", out _) || definition == field + "Step", $"{definition}.{field}");
            }
        }
    }

    [Fact]
    public void Fault_has_the_members_and_the_names_of_the_fault_plan()
    {
        var properties = Definitions.GetProperty("fault").GetProperty("properties");
        static IEnumerable<string> Names(JsonElement property) => property.GetProperty("enum").EnumerateArray().Select(static name => name.GetString()!);

        var members = typeof(FaultDescription).GetProperties().Where(static property => property.GetMethod?.IsStatic == false).Select(static property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));
        Assert.Equal(members.Order(), FileFields.Fault.Order());
        Assert.Equal(FaultPoint.Names.Order(), Names(properties.GetProperty("point")).Order());
        Assert.Equal(FaultDescription.Actions.Order(), Names(properties.GetProperty("action")).Order());
    }

    [Fact]
    public void File_with_every_field_is_valid_by_the_schema() => Assert.Null(Invalid(ScenarioFiles.EveryField));

    [Theory]
    [InlineData("stric: true")]
    [InlineData("rules: [{ user: { txt: lamp }, model: x }]")]
    [InlineData("rules: [{ user: x, model: { wait: soon } }]")]
    [InlineData("rules: [{ user: x, model: { say: x, think: y } }]")]
    [InlineData("rules: [{ user: x }]")]
    [InlineData("rules: [{ user: x, opened: true, model: x }]")]
    [InlineData("rules: [{ user: {}, model: x }]")]
    [InlineData("rules: [{ user: x, model: { close: 99 } }]")]
    [InlineData("rules: [{ user: x, model: { call: f, args: [1] } }]")]
    [InlineData("conversation: [{ user: x, model: x, once: true }]")]
    [InlineData("server: { frames: both }")]
    public void What_the_linter_refuses_the_schema_refuses_too(string text)
    {
        Assert.NotEmpty(ScenarioFile.Lint(text, "a.yaml"));
        Assert.NotNull(Invalid(text));
    }

    /// <summary>Why a file is not valid by the schema; null if it is.</summary>
    internal static string? Invalid(string text, string name = "a.yaml")
    {
        var problems = new FileProblems(name);
        var node = ScenarioReader.Parse(System.Text.Encoding.UTF8.GetBytes(text), name, problems);
        Assert.Empty(problems.Found);
        var json = JsonSerializer.SerializeToElement(node!.ToJson());
        var result = Schema.Evaluate(json, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return result.IsValid ? null : JsonSerializer.Serialize(result);
    }
}
