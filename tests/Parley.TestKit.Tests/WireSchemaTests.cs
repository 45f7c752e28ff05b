using System.Text;
using System.Text.Json;

namespace Parley.TestKit.Tests;

public sealed class WireSchemaTests
{
    [Theory]
    [MemberData(nameof(WireExamples.ClientRows), MemberType = typeof(WireExamples))]
    public void Client_examples_are_valid(string file)
    {
        var definition = file == "client.setup-locked-token.json" ? "ConstrainedClientMessage" : "ClientMessage";

        WireSchema.Live.Require(definition, SnakeCase.ToCamelCase(WireExamples.Json(file)));
    }

    [Theory]
    [MemberData(nameof(WireExamples.ServerRows), MemberType = typeof(WireExamples))]
    public void Server_examples_are_valid(string file) => WireSchema.Live.Require("ServerMessage", WireExamples.Json(file));

    [Theory]
    [InlineData("rest.auth-token-request.json", "AuthTokenRequest")]
    [InlineData("rest.auth-token-response.json", "AuthTokenResponse")]
    public void Rest_examples_are_valid(string file, string definition) => WireSchema.Live.Require(definition, WireExamples.Json(file));

    [Theory]
    [MemberData(nameof(WireExamples.InvalidRows), MemberType = typeof(WireExamples))]
    public void Invalid_examples_match_their_stated_validity(string file)
    {
        var expected = WireExamples.Expectations.File(file);
        var definition = expected.Direction is WireDirection.ClientToServer ? "ClientMessage" : "ServerMessage";

        var errors = WireSchema.Live.Validate(definition, WireExamples.Json(file));

        Assert.Equal((expected.SchemaValid, string.Join("\n", errors)), (errors.Count == 0, string.Join("\n", errors)));
        if (expected.SchemaNote == "StrictClientMessage must fail")
            Assert.NotEmpty(WireSchema.Live.Validate("StrictClientMessage", WireExamples.Json(file)));
    }

    [Fact]
    public void Setup_without_model_is_valid_for_token_connections_only() =>
        Assert.NotEmpty(WireSchema.Live.Validate("ClientMessage", WireExamples.Json("client.setup-locked-token.json")));

    [Fact]
    public void Errors_point_at_the_value()
    {
        var message = Json("""{"serverContent":{"modelTurn":{"parts":[{"text":"a"},{"text":1}]},"turnDone":true}}""");

        var pointers = WireSchema.Live.Validate("ServerMessage", message).Select(error => error.Path);

        Assert.Contains("/serverContent/modelTurn/parts/1/text", pointers);
        Assert.Contains("/serverContent/turnDone", pointers);
    }

    [Fact]
    public void Union_reports_the_closest_alternative()
    {
        var message = Json("""{"realtimeInput":{"audio":{"mimeType":"image/png","data":"AAAA"}}}""");

        var errors = WireSchema.Live.Validate("ClientMessage", message);

        Assert.Contains(errors, error => error.Path == "/realtimeInput/audio/mimeType");
    }

    [Fact]
    public void Require_throws_with_the_errors_and_the_message()
    {
        var thrown = Assert.Throws<ExpectationException>(() => WireSchema.Live.Require("GoAway", Json("""{"timeLeft":10}""")));

        Assert.Contains("/timeLeft", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("""{"timeLeft":10}""", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"$defs":{"A":{"const":1}}}""")]
    [InlineData("""{"$defs":{"A":{"properties":{"a":{"format":"date"}}}}}""")]
    [InlineData("""{"$defs":{"A":{"$ref":"#/$defs/B"}}}""")]
    [InlineData("""{"$defs":{"A":{"type":"text"}}}""")]
    [InlineData("""{"$defs":{},"if":{}}""")]
    [InlineData("""{"$defs":{"A":{"$defs":{}}}}""")]
    public void Unknown_keyword_is_refused_at_load(string schema) =>
        Assert.Throws<NotSupportedException>(() => WireSchema.Parse(Encoding.UTF8.GetBytes(schema)));

    [Theory]
    [InlineData("""{"type":["string","null"]}""", """null""", true)]
    [InlineData("""{"type":["string","null"]}""", """1""", false)]
    [InlineData("""{"type":"integer"}""", """1.0""", true)]
    [InlineData("""{"type":"integer"}""", """1.5""", false)]
    [InlineData("""{"minimum":1,"maximum":2}""", """2""", true)]
    [InlineData("""{"minimum":1,"maximum":2}""", """2.1""", false)]
    [InlineData("""{"minimum":1,"maximum":2}""", """0""", false)]
    [InlineData("""{"minimum":1}""", """ "0" """, true)]
    [InlineData("""{"minLength":1,"maxLength":2}""", """ "😀😀" """, true)]
    [InlineData("""{"minLength":1,"maxLength":2}""", """ "abc" """, false)]
    [InlineData("""{"minLength":1}""", """ "" """, false)]
    [InlineData("""{"pattern":"^[a$]+$"}""", """ "a$" """, true)]
    [InlineData("""{"pattern":"^[a$]+$"}""", """ "a\n" """, false)]
    [InlineData("""{"pattern":"b"}""", """ "abc" """, true)]
    [InlineData("""{"minItems":1,"maxItems":1,"items":{"type":"null"}}""", """[null]""", true)]
    [InlineData("""{"minItems":1,"maxItems":1,"items":{"type":"null"}}""", """[1]""", false)]
    [InlineData("""{"minItems":1}""", """[]""", false)]
    [InlineData("""{"maxItems":1}""", """[1,2]""", false)]
    [InlineData("""{"minProperties":1,"maxProperties":1}""", """{"a":1}""", true)]
    [InlineData("""{"minProperties":1}""", """{}""", false)]
    [InlineData("""{"maxProperties":1}""", """{"a":1,"b":2}""", false)]
    [InlineData("""{"propertyNames":{"maxLength":1}}""", """{"ab":1}""", false)]
    [InlineData("""{"properties":{"a":true},"additionalProperties":{"type":"null"}}""", """{"a":1,"b":null}""", true)]
    [InlineData("""{"properties":{"a":true},"additionalProperties":{"type":"null"}}""", """{"a":1,"b":2}""", false)]
    [InlineData("""{"properties":{"a":false}}""", """{"a":1}""", false)]
    [InlineData("""{"required":["a"]}""", """{}""", false)]
    [InlineData("""{"enum":["a",1]}""", """1""", true)]
    [InlineData("""{"enum":["a",1]}""", """2""", false)]
    [InlineData("""{"anyOf":[{"type":"null"},{"type":"string"}]}""", """null""", true)]
    [InlineData("""{"anyOf":[{"type":"null"},{"type":"string"}]}""", """1""", false)]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"number"}]}""", """1""", false)]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"number"}]}""", """1.5""", true)]
    [InlineData("""{"allOf":[{"type":"integer"},{"minimum":2}]}""", """1""", false)]
    [InlineData("""{"not":{"type":"integer"}}""", """1""", false)]
    [InlineData("""{"not":{"type":"integer"}}""", """null""", true)]
    public void Keyword_has_its_meaning_of_json_schema(string definition, string value, bool valid)
    {
        var schema = WireSchema.Parse(Encoding.UTF8.GetBytes($$$$$$"""{"$defs":{"A":{{{{{{definition}}}}}}}}"""));

        Assert.Equal(valid, schema.Validate("A", Json(value)).Count == 0);
    }

    [Fact]
    public void Renaming_keeps_the_names_of_user_data()
    {
        var message = Json(
            """{"tool_call":{"function_calls":[{"name":"a_b","args":{"c_d":{"e_f":1}}}]},"x":{"properties":{"g_h":{"any_of":[]}}}}""");

        var renamed = SnakeCase.ToCamelCase(message).GetRawText();

        Assert.Equal(
            """{"toolCall":{"functionCalls":[{"name":"a_b","args":{"c_d":{"e_f":1}}}]},"x":{"properties":{"g_h":{"anyOf":[]}}}}""",
            renamed);
    }

    private static JsonElement Json(string text) => JsonElement.Parse(text);
}
