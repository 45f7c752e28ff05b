using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Parley.Client.Tests.Scripted;
using Parley.Client.Tools;
using Parley.Protocol;

namespace Parley.Client.Tests.Tools;

/// <summary>What the model gets for what a function returns or throws.</summary>
public class ToolResultTests
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 1, 2, 3];

    public enum Mode
    {
        Off,
        Dim,
        Bright,
    }

    /// <summary>Calls the functions in one message and returns their answers by id: 0, 1, …</summary>
    private static async Task<List<JsonElement>> CallAsync(LiveSetup setup, Action<LiveClientOptions>? configure, params (string Name, string Args)[] calls)
    {
        var answers = new List<JsonElement>();
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Calls([.. calls.Select(static (call, i) => $$"""{"id":"{{i}}","name":"{{call.Name}}","args":{{call.Args}}}""")]));
            while (answers.Count < calls.Length)
                answers.AddRange((await peer.ExpectAsync()).GetProperty("toolResponse").GetProperty("functionResponses").EnumerateArray());
            await peer.CloseAsync(1000);
        });
        await using var session = await server.ConnectAsync(setup, configure);
        Assert.True((await session.EndAsync()).IsNormal);
        return [.. answers.OrderBy(static answer => int.Parse(answer.GetProperty("id").GetString()!, System.Globalization.CultureInfo.InvariantCulture))];
    }

    private static Task<List<JsonElement>> CallAsync(AIFunction function, string args, Func<LiveSetup, LiveSetup>? change = null)
    {
        var setup = new LiveSetup { Model = "gemini-test", Tools = [function] };
        return CallAsync(change?.Invoke(setup) ?? setup, null, (function.Name, args));
    }

    private static string? ErrorOf(JsonElement answer) => answer.GetProperty("response").GetProperty("error").GetString();

    [Theory]
    [InlineData("""{"mode":"Brite"}""", "The parameter mode is \"Brite\"; allowed are \"Off\", \"Dim\", \"Bright\".")]
    [InlineData("""{}""", "The parameter mode is missing.")]
    [InlineData("""{"mode":"dim","level":"much"}""", "The parameter level is \"much\"; it must be of type integer.")]
    [InlineData("""{"mode":"dim","more":["Off","Gone"]}""", "The parameter more[1] is \"Gone\"; allowed are \"Off\", \"Dim\", \"Bright\".")]
    [InlineData("""{"mode":"dim","deep":{"Mode":"Gone"}}""", "The parameter deep.mode is \"Gone\"; allowed are \"Off\", \"Dim\", \"Bright\".")]
    public async Task Bad_arguments_are_named_with_what_is_allowed(string args, string expected)
    {
        var set = AIFunctionFactory.Create((Mode mode, int level = 1, Mode[]? more = null, Deep? deep = null) => $"{mode} {level} {more} {deep}", "set", null, new JsonSerializerOptions(AIJsonUtilities.DefaultOptions)
        {
            Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
        });

        var error = ErrorOf((await CallAsync(set, args))[0])!;

        Assert.Equal(expected, error);
    }

    [Fact]
    public async Task The_model_hears_of_an_exception_only_what_the_setup_allows()
    {
        static Task<List<JsonElement>> FailAsync(Func<LiveSetup, LiveSetup> change) => CallAsync(
            AIFunctionFactory.Create(string () => throw new TimeoutException("the password is hunter2"), "fails"), "{}", change);

        Assert.Equal("The function fails failed.", ErrorOf((await FailAsync(static setup => setup))[0]));
        Assert.Equal("the password is hunter2", ErrorOf((await FailAsync(static setup => setup with { IncludeDetailedErrors = true }))[0]));
        Assert.Equal("later", ErrorOf((await FailAsync(static setup => setup with { DescribeToolError = static _ => "later" }))[0]));
        Assert.Equal("The function fails failed.", ErrorOf((await FailAsync(static setup => setup with { DescribeToolError = static _ => null }))[0]));
    }

    [Fact]
    public async Task A_result_that_is_too_long_is_an_error_and_costs_no_other_result()
    {
        var setup = new LiveSetup
        {
            Model = "gemini-test",
            Tools = [AIFunctionFactory.Create((int length) => new string('x', length), "text")],
        };

        var answers = await CallAsync(
            setup, static options => options.MaxToolResponseBytes = 4_000,
            ("text", """{"length":5000}"""), ("text", """{"length":100}"""), ("text", """{"length":3000}"""), ("text", """{"length":2000}"""));

        Assert.Contains("too long", ErrorOf(answers[0]), StringComparison.Ordinal);
        Assert.Equal(100, answers[1].GetProperty("response").GetProperty("result").GetString()!.Length);
        Assert.Contains("too long", ErrorOf(answers[2]), StringComparison.Ordinal);
        Assert.Equal(2_000, answers[3].GetProperty("response").GetProperty("result").GetString()!.Length);
    }

    [Fact]
    public async Task An_answer_of_the_application_that_is_too_long_is_not_sent()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync();
        var answer = new FunctionResponse { Id = "1", Response = JsonElement.Parse($$"""{"a":"{{new string('x', 1 << 20)}}"}""") };

        Assert.Contains("MaxToolResponseBytes", (await Assert.ThrowsAsync<ArgumentException>(async () => await session.SendToolResponsesAsync([answer]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_are_parts_of_the_response()
    {
        AIFunction[] functions =
        [
            AIFunctionFactory.Create(() => new DataContent(Png, "image/png"), "f0"),
            AIFunctionFactory.Create(() => new AIContent[] { new TextContent("a photo"), new DataContent(Png, "image/png") }, "f1"),
            AIFunctionFactory.Create(
                () => new JsonObject
                {
                    ["content"] = new JsonArray(
                        new JsonObject { ["type"] = "text", ["text"] = "a photo" },
                        new JsonObject { ["type"] = "image", ["data"] = Convert.ToBase64String(Png), ["mimeType"] = "image/png" }),
                },
                "f2"),
            AIFunctionFactory.Create(() => new UriContent("https://example.com/a.png", "image/png"), "f3"),
            AIFunctionFactory.Create(() => new TextContent("only words"), "f4"),
            AIFunctionFactory.Create(() => new ErrorContent("no camera"), "f5"),
        ];

        var answers = await CallAsync(
            new LiveSetup { Model = "gemini-test", Tools = [.. functions.Select(static f => (LiveTool)f)] }, null,
            [.. functions.Select(static f => (f.Name, "{}"))]);

        string Result(int i) => answers[i].GetProperty("response").GetProperty("result").GetString()!;
        foreach (var i in (int[])[0, 1, 2])
        {
            var blob = answers[i].GetProperty("parts")[0].GetProperty("inlineData");
            Assert.Equal(("image/png", Convert.ToBase64String(Png)), (blob.GetProperty("mimeType").GetString(), blob.GetProperty("data").GetString()));
            Assert.DoesNotContain("base64", answers[i].GetProperty("response").GetRawText(), StringComparison.Ordinal);
        }
        Assert.Equal("attached: image/png", Result(0));
        Assert.Equal(["a photo", "a photo"], [Result(1), Result(2)]);
        Assert.Equal("https://example.com/a.png", answers[3].GetProperty("parts")[0].GetProperty("fileData").GetProperty("fileUri").GetString());
        Assert.Equal("only words", Result(4));
        Assert.Equal("no camera", ErrorOf(answers[5]));
    }

    [Theory]
    [InlineData("gemini-2.5-flash-native-audio-latest", true)]
    [InlineData("gemini-3.8-live-extended-thinking", true)]
    [InlineData("gemini-3.8-live", false)]
    [InlineData("who-knows", false)]
    public async Task Models_that_do_not_read_JSON_Schema_get_parameters(string model, bool fallsBack)
    {
        JsonElement declaration = default;
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            declaration = peer.Setup.GetProperty("tools")[0].GetProperty("functionDeclarations")[0].Clone();
            await peer.ExpectCloseAsync();
        });
        var function = AIFunctionFactory.Create(
            ([Description("where")] string city, int? days, DateTime from, Mode[] modes, Deep deep, bool now = true) => $"{city}{days}{from}{modes}{deep}{now}", "weather");
        await using (await server.ConnectAsync(new LiveSetup
        {
            Model = model,
            Tools = [function],
            Thinking = model.Contains("thinking", StringComparison.Ordinal) ? new ThinkingConfig { ThinkingLevel = ThinkingLevel.Low } : null,
        }))
        {
        }

        Assert.Equal((fallsBack, !fallsBack), (declaration.TryGetProperty("parameters", out var parameters), declaration.TryGetProperty("parametersJsonSchema", out _)));
        if (!fallsBack)
            return;
        var properties = parameters.GetProperty("properties");
        Assert.Equal("where", properties.GetProperty("city").GetProperty("description").GetString());
        Assert.True(properties.GetProperty("days").GetProperty("nullable").GetBoolean());
        Assert.Equal("ARRAY", properties.GetProperty("modes").GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"not":{}}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/b"}},"$defs":{"b":{"type":"string"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":["string","integer"]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":true}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","additionalProperties":{"type":"string"}}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"enum":[1,2]}}}""")]
    public void A_schema_beyond_the_subset_stays_as_it_is(string schema)
    {
        Tool[] tools = [new Tool { FunctionDeclarations = [new() { Name = "f", ParametersJsonSchema = JsonElement.Parse(schema) }] }];

        var applied = SchemaFallback.Apply(tools, LiveModelProfiles.Unknown with { ReadsParametersJsonSchema = false })![0].FunctionDeclarations![0];

        Assert.Equal((true, false), (applied.ParametersJsonSchema is not null, applied.Parameters is not null));
    }

    public sealed record Deep(Mode Mode);
}
