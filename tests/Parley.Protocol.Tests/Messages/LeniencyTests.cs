using Parley.Protocol.Tests.Support;

namespace Parley.Protocol.Tests.Messages;

/// <summary>A client and a newer server.</summary>
public sealed class LeniencyTests
{
    [Theory]
    [InlineData("""{"newThing":{"a":1}}""", "newThing", """{"a":1}""")]
    [InlineData("""{"serverContent":{"new_thing":null}}""", "server_content.new_thing", "null")]
    [InlineData("""{"serverContent":{"modelTurn":{"parts":[{"text":"a"},{"newPart":[1]}]}}}""", "server_content.model_turn.parts[1].newPart", "[1]")]
    [InlineData("""{"serverContent":{"outputTranscription":{"words":[{"pitch":2}]}}}""", "server_content.output_transcription.words[0].pitch", "2")]
    [InlineData("""{"usageMetadata":{"promptTokensDetails":[{"modality":"TEXT","cost":1.5}]}}""", "usage_metadata.prompt_tokens_details[0].cost", "1.5")]
    public void Unknown_member_is_kept_with_its_path(string json, string path, string value)
    {
        var response = Wire.Response(json);

        var (key, kept) = Assert.Single(response.Extra!);
        Assert.Equal(path, key);
        Assert.Equal(value, kept.GetRawText());
        Assert.Null(response.Error);
    }

    [Fact]
    public void Members_around_an_unknown_member_are_read()
    {
        var response = Wire.Response("""{"serverContent":{"x":{"y":[{}]},"turnComplete":true},"z":1,"usageMetadata":{"totalTokenCount":5}}""");

        Assert.True(response.ServerContent!.TurnComplete);
        Assert.Equal(5, response.UsageMetadata!.TotalTokenCount);
        Assert.Equal(["server_content.x", "z"], response.Extra!.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"serverContent":5}""", "server_content", "5")]
    [InlineData("""{"serverContent":{"turnComplete":"yes"}}""", "server_content.turn_complete", "\"yes\"")]
    [InlineData("""{"serverContent":{"modelTurn":{"parts":5}}}""", "server_content.model_turn.parts", "5")]
    [InlineData("""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"*"}}]}}}""", "server_content.model_turn.parts[0].inline_data.data", "\"*\"")]
    [InlineData("""{"usageMetadata":{"totalTokenCount":1e40}}""", "usage_metadata.total_token_count", "1e40")]
    [InlineData("""{"toolCall":{"functionCalls":[{"args":[1]}]}}""", "tool_call.function_calls[0].args", "[1]")]
    public void Value_of_another_type_is_kept_aside(string json, string path, string value)
    {
        var response = Wire.Response(json);

        var (key, kept) = Assert.Single(response.Extra!);
        Assert.Equal(path, key);
        Assert.Equal(value, kept.GetRawText());
    }

    [Fact]
    public void One_invalid_element_does_not_lose_the_list()
    {
        var response = Wire.Response("""{"serverContent":{"modelTurn":{"parts":["odd",{"text":"a"},null,{"text":"b"}]}},"toolCallCancellation":{"ids":[1,"x"]}}""");

        Assert.Equal(["a", "b"], response.ServerContent!.ModelTurn!.Parts!.Select(part => part.Text));
        Assert.Equal(["x"], response.ToolCallCancellation!.Ids!);
        Assert.Equal(
            ["server_content.model_turn.parts[0]", "server_content.model_turn.parts[2]", "tool_call_cancellation.ids[0]"],
            response.Extra!.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Unknown_enum_values_are_kept()
    {
        var response = Wire.Response("""{"serverContent":{"turnCompleteReason":"TOO_WINDY","interactionStatus":99},"usageMetadata":{"serviceTier":"Gold"}}""");

        Assert.Null(response.Extra);
        Assert.Equal("TOO_WINDY", response.ServerContent!.TurnCompleteReason!.Value.Value);
        Assert.Equal("99", response.ServerContent.InteractionStatus!.Value.Value);
        Assert.Equal("Gold", response.UsageMetadata!.ServiceTier!.Value.Value);
    }

    [Theory]
    [InlineData("type")]
    [InlineData("voiceActivityType")]
    [InlineData("voice_activity_type")]
    public void Voice_activity_is_read_under_the_names_of_the_wire_and_of_the_sdks(string name) => Wire.Equal(
        """{"voiceActivity":{"type":"ACTIVITY_END","audioOffset":"4.1s"}}""",
        Wire.Encode(Wire.Response($$$$$$"""{"voiceActivity":{"{{{{{{name}}}}}}":"ACTIVITY_END","audioOffset":"4.1s"}}""")));

    [Fact]
    public void Client_keeps_all_members_of_a_union() => Assert.Equal(
        LiveResponseKinds.ServerContent | LiveResponseKinds.GoAway | LiveResponseKinds.UsageMetadata,
        Wire.Response("""{"serverContent":{},"goAway":{},"usageMetadata":{}}""").Kinds);

    [Theory]
    [InlineData("""{"error":{"code":400,"message":"m","status":"S","details":[{"a":1}],"more":1}}""")]
    [InlineData("""{"code":400,"message":"m","status":"S","details":[{"a":1}]}""")]
    [InlineData("""{"serverContent":{},"error":{"code":"400","message":"m","status":"S","details":[{"a":1}]}}""")]
    public void Error_object_in_a_message_is_read(string json)
    {
        var response = Wire.Response(json);

        Assert.True(response.Kinds.HasFlag(LiveResponseKinds.Error));
        Assert.Equal((400, "m", "S"), (response.Error!.Code, response.Error.Message, response.Error.Status));
        Assert.Equal("""[{"a":1}]""", response.Error.Details!.Value.GetRawText());
        Assert.NotNull(response.Extra);
    }

    [Theory]
    [InlineData("""{"serverContent":{},"code":400}""")]
    [InlineData("""{"error":"broken"}""")]
    [InlineData("""{"message":"m"}""")]
    public void Member_that_only_resembles_an_error_is_kept_aside(string json)
    {
        var response = Wire.Response(json);

        Assert.Null(response.Error);
        Assert.NotNull(response.Extra);
    }

    [Fact]
    public void Error_object_with_unusual_members_is_read() =>
        Assert.Null(Wire.Response("""{"error":{"code":"many","message":5}}""").Error!.Code);

    [Fact]
    public void Generated_tokens_are_read_under_both_names()
    {
        Assert.Equal(3, Wire.Response("""{"usageMetadata":{"responseTokenCount":3}}""").UsageMetadata!.ResponseTokens);
        Assert.Equal(4, Wire.Response("""{"usageMetadata":{"candidatesTokenCount":4}}""").UsageMetadata!.ResponseTokens);
        Assert.Equal(0, Wire.Response("""{"usageMetadata":{}}""").UsageMetadata!.ResponseTokens);
    }

    [Theory]
    [InlineData("""{"scheduling":"SILENT","response":{"scheduling":"INTERRUPT"}}""", "SILENT")]
    [InlineData("""{"response":{"scheduling":"INTERRUPT"}}""", "INTERRUPT")]
    [InlineData("""{"response":{"scheduling":5}}""", null)]
    [InlineData("{}", null)]
    public void Scheduling_next_to_the_response_precedes_scheduling_inside_it(string response, string? scheduling) => Assert.Equal(
        scheduling, Wire.Request($$$$$$"""{"toolResponse":{"functionResponses":[{{{{{{response}}}}}}]}}""").ToolResponse!.FunctionResponses![0].EffectiveScheduling?.Value);
}
