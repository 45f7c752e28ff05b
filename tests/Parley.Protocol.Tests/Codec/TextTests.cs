using System.Text;
using System.Text.Json;
using Parley.Protocol.Tests.Support;

namespace Parley.Protocol.Tests.Codec;

/// <summary>Text, free JSON, nesting and the ends of a message.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData("""{"realtimeInput":{"text":"\ud800"}}""")]
    [InlineData("""{"realtimeInput":{"text":"\udc00\ud800"}}""")]
    [InlineData("""{"realtimeInput":{"\ud800":1}}""")]
    [InlineData("""{"setup":{"labels":{"\ud800":"a"}}}""")]
    [InlineData("""{"setup":{"generationConfig":{"responseModalities":["\ud800"]}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"data":"\ud800"}}}""")]
    [InlineData("""{"toolResponse":{"functionResponses":[{"response":{"a":"\ud800"}}]}}""")]
    [InlineData("""{"toolResponse":{"functionResponses":[{"response":{"a":[{"\udfff":1}]}}]}}""")]
    public void Lone_surrogate_is_refused_in_any_place(string json)
    {
        Wire.Refused(json);
        Wire.Refused(json, LiveCompatibility.Guide);
    }

    [Theory]
    [InlineData("""{"serverContent":{"outputTranscription":{"text":"\ud800"}}}""")]
    [InlineData("""{"toolCall":{"functionCalls":[{"args":{"a":"\ud800"}}]}}""")]
    [InlineData("""{"newThing":"\ud800"}""")]
    [InlineData("""{"newThing":{"deep":["\ud800"]}}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"error":{"message":"\ud800"}}""")]
    [InlineData("""{"code":1,"message":"\ud800"}""")]
    [InlineData("""{"goAway":{"timeLeft":["\ud800"]}}""")]
    public void Client_refuses_a_lone_surrogate_too(string json) =>
        Assert.Throws<LiveProtocolException>(() => Wire.Response(json));

    [Fact]
    public void Invalid_utf8_is_refused_even_inside_free_json()
    {
        var args = "{\"toolCall\":{\"functionCalls\":[{\"args\":{\"a\":\"?\"}}]}}"u8.ToArray();
        args[args.AsSpan().IndexOf((byte)'?')] = 0xff;

        Assert.Throws<LiveProtocolException>(() => LiveCodec.DecodeResponse(args));
    }

    [Fact]
    public void Surrogate_pair_is_text() =>
        Assert.Equal("👋 ", Wire.Request("""{"realtimeInput":{"text":"\ud83d\udc4b\u0020"}}""").RealtimeInput!.Text);

    [Fact]
    public void Free_json_is_kept_unchanged()
    {
        const string Json = """{"toolResponse":{"functionResponses":[{"id":"1","name":"f","response":{"n":1e999,"null":null,"mime_type":[1,"é",{}],"a":1,"a":2}}]}}""";

        Assert.Equal(
            JsonElement.Parse(Json).GetProperty("toolResponse").GetProperty("functionResponses")[0].GetProperty("response").GetRawText(),
            Wire.Request(Json).ToolResponse!.FunctionResponses![0].Response!.Value.GetRawText());
    }

    [Theory]
    [InlineData("\"done\"")]
    [InlineData("1")]
    public void Function_response_must_be_an_object(string response) => Assert.StartsWith(
        "Invalid value at 'tool_response.function_responses[0].response'",
        Wire.Refused($$$$$$"""{"toolResponse":{"functionResponses":[{"response":{{{{{{response}}}}}}}]}}""").Message,
        StringComparison.Ordinal);

    [Fact]
    public void Nesting_up_to_the_limit_is_accepted() => Assert.NotNull(Wire.Request(Nested(LiveCodec.MaxDepth)));

    [Theory]
    [InlineData(LiveCodec.MaxDepth + 1)]
    [InlineData(100_000)]
    public void Nesting_beyond_the_limit_is_refused(int depth)
    {
        Assert.Equal("Invalid JSON payload received. Message too deep.", Wire.Refused(Nested(depth)).Message);
        Assert.Throws<LiveProtocolException>(() => Wire.Response(new string('[', depth).Insert(0, "{\"a\":")));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("hello")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("\"setup\"")]
    [InlineData("[{}]")]
    [InlineData("{")]
    [InlineData("{}}")]
    [InlineData("{} {}")]
    [InlineData("{}x")]
    [InlineData("{\"setup\":{}")]
    [InlineData("{\"setup\":}")]
    [InlineData("{\"setup\"}")]
    [InlineData("{\"setup\":{},}")]
    [InlineData("{setup:{}}")]
    [InlineData("{'setup':{}}")]
    [InlineData("{/* */}")]
    [InlineData("{\"realtimeInput\":{\"text\":\"a\nb\"}}")]
    [InlineData("{\"realtimeInput\":{\"text\":\"\\x\"}}")]
    [InlineData("\uFEFF{}")]
    public void Text_other_than_one_json_object_is_refused(string text)
    {
        Assert.StartsWith("Invalid JSON payload received.", Wire.Refused(text).Message, StringComparison.Ordinal);
        Wire.Refused(text, LiveCompatibility.Guide);
        Assert.Throws<LiveProtocolException>(() => Wire.Response(text));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData(" \r\n\t{ } \n")]
    public void White_space_around_a_message_is_ignored(string text)
    {
        Wire.Equal("{}", Wire.Encode(Wire.Request(text)));
        Assert.Equal(LiveResponseKinds.None, Wire.Response(text).Kinds);
    }

    [Fact]
    public void Syntax_error_reports_its_position()
    {
        var refusal = Wire.Refused("""{"setup":{"generationConfig":{"seed":x}}}""");

        Assert.Equal("Invalid JSON payload received. Unexpected token at byte 37 of line 1.", refusal.Message);
        Assert.Equal("setup.generation_config", refusal.Path);
    }

    [Fact]
    public void Refused_value_is_shortened_in_the_error()
    {
        var refusal = Wire.Refused($$$$$$"""{"setup":{"generationConfig":{"seed":"{{{{{{new string('x', 10_000)}}}}}}"}}}""");

        Assert.InRange(Encoding.UTF8.GetByteCount(refusal.Message), 1, 200);
    }

    // {"toolResponse":{"functionResponses":[{"response":{"a":[[…]]}}]}} has five levels around the arrays.
    private static string Nested(int depth) =>
        $$$$$$"""{"toolResponse":{"functionResponses":[{"response":{"a":{{{{{{new string('[', depth - 5)}}}}}}{{{{{{new string(']', depth - 5)}}}}}}}}]}}""";
}
