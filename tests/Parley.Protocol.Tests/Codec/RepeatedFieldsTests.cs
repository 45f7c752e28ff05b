using System.Text;
using System.Text.Json;
using CsCheck;
using Parley.Protocol.Codec;
using Parley.Protocol.Tests.Support;

namespace Parley.Protocol.Tests.Codec;

/// <summary>One value for a list, a list for one value, and names of enums (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#22-json-is-proto3-json">protocol 2.2</see>, rules 3, 12 and 13).</summary>
public sealed class RepeatedFieldsTests
{
    private static readonly (IReadOnlyList<TableField> Fields, Func<string, JsonElement> Read)[] Strict =
    [
        (TableWalk.Fields(WireTypes.LiveSessionRequest), json => Wire.Encode(Wire.Request(json))),
        (TableWalk.Fields(GuideTypes.Request), json => Wire.Encode(Wire.Request(json, LiveCompatibility.Guide))),
        (TableWalk.Fields(WireTypes.AuthTokenRequest, "auth_token"), json => TokenRequest(json, LiveCompatibility.Strict)),
        (TableWalk.Fields(GuideTypes.TokenRequest, "auth_token"), json => TokenRequest(json, LiveCompatibility.Guide)),
    ];

    private static readonly (IReadOnlyList<TableField> Fields, Func<string, JsonElement> Read)[] All =
        [.. Strict, (TableWalk.Fields(WireTypes.LiveSessionResponse), json => Wire.Encode(Wire.Response(json)))];

    [Theory]
    [InlineData("""{"setup":{"generationConfig":{"responseModalities":"audio"}}}""", """{"setup":{"generationConfig":{"responseModalities":["AUDIO"]}}}""")]
    [InlineData("""{"setup":{"generationConfig":{"responseModalities":["Audio"]}}}""", """{"setup":{"generationConfig":{"responseModalities":["AUDIO"]}}}""")]
    [InlineData("""{"setup":{"tools":{"functionDeclarations":{"name":"f"}}}}""", """{"setup":{"tools":[{"functionDeclarations":[{"name":"f"}]}]}}""")]
    [InlineData("""{"setup":{"tools":{"functionDeclarations":[]}}}""", """{"setup":{"tools":[{"functionDeclarations":[]}]}}""")]
    [InlineData("""{"clientContent":{"turns":{"parts":{"text":"a"}}}}""", """{"clientContent":{"turns":[{"parts":[{"text":"a"}]}]}}""")]
    [InlineData("""{"toolResponse":{"functionResponses":{"id":"1","response":{}}}}""", """{"toolResponse":{"functionResponses":[{"id":"1","response":{}}]}}""")]
    [InlineData("""{"clientContent":{"turns":null}}""", """{"clientContent":{}}""")]
    public void Single_value_is_read_as_a_list_of_one(string sent, string written)
    {
        Wire.Equal(written, Wire.Encode(Wire.Request(sent)));
        Wire.Equal(written, Wire.Encode(Wire.Request(sent, LiveCompatibility.Guide)));
    }

    [Fact]
    public void Every_list_of_every_message_takes_a_single_value() => Gen.UInt.Sample(seed =>
    {
        var generator = new MessageGenerator((int)seed);
        foreach (var (fields, read) in All)
        {
            foreach (var field in fields.Where(IsList))
            {
                var value = generator.Value(field.Field.Codec.Element!).Sent!.ToJsonString();
                Wire.Equal(read(field.Json($"[{value}]")), read(field.Json(value)));
                Wire.Equal(read(field.Json($"[{value}]")), read(field.Json(value, field.Field.ProtoName)));
            }
        }
    }, iter: 20);

    [Fact]
    public void Every_name_of_every_enum_is_read_in_any_letter_case()
    {
        var random = new Random(12);
        var names = 0;
        foreach (var (fields, read) in All)
        {
            foreach (var field in fields.Where(static field => Names(field) is not null))
            {
                foreach (var name in Names(field)!)
                {
                    var mixed = string.Concat(name.Select(c => random.Next(2) == 0 ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c)));
                    foreach (var spelled in (string[])[name.ToLowerInvariant(), name.ToUpperInvariant(), mixed])
                        Wire.Equal(read(field.Json($"\"{name}\"")), read(field.Json($"\"{spelled}\"")));
                    names++;
                }
            }
        }
        Assert.True(names > 200, $"Only {names} names were tried.");
    }

    [Theory]
    [InlineData("""{"toolResponse":{"functionResponses":[{"response":[1]}]}}""", """Unknown name "response" at 'tool_response.function_responses[0]'""")]
    [InlineData("""{"toolResponse":{"functionResponses":{"response":[1]}}}""", """Unknown name "response" at 'tool_response.function_responses'""")]
    [InlineData("""{"setup":[]}""", """Unknown name "setup": Proto""")]
    [InlineData("""{"setup":{"generation_config":[]}}""", """Unknown name "generation_config" at 'setup'""")]
    [InlineData("""{"setup":{"generationConfig":[{}]}}""", """Unknown name "generationConfig" at 'setup'""")]
    [InlineData("""{"clientContent":{"turns":[[{}]]}}""", """Unknown name "" at 'client_content.turns[0]'""")]
    [InlineData("""{"setup":{"labels":{"a":"b","c":["d"]}}}""", """Unknown name "value" at 'setup.labels[1]'""")]
    [InlineData(
        """{"setup":{"tools":[{"functionDeclarations":[{"parameters":{"properties":{"a":{},"b":{"type":["string"]}}}}]}]}}""",
        """Unknown name "type" at 'setup.tools[0].function_declarations[0].parameters.properties[1].value'""")]
    public void List_in_place_of_one_value_is_refused_in_the_words_of_the_service(string json, string reason)
    {
        foreach (var compatibility in (LiveCompatibility[])[LiveCompatibility.Strict, LiveCompatibility.Guide])
        {
            var refusal = Wire.Refused(json, compatibility).Message;
            Assert.StartsWith("Invalid JSON payload received. " + reason, refusal, StringComparison.Ordinal);
            Assert.EndsWith(": Proto field is not repeating, cannot start list.", refusal, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_single_field_of_every_message_refuses_a_list()
    {
        foreach (var (fields, read) in Strict)
        {
            foreach (var field in fields.Where(IsSingle))
            {
                foreach (var name in (string[])[field.Field.JsonName, field.Field.ProtoName])
                {
                    var refusal = Assert.Throws<LiveProtocolException>(() => read(field.Json("[]", name)));
                    var at = field.Path.Length == 0 ? "" : $" at '{field.Path}'";
                    Assert.Equal(
                        $"Invalid JSON payload received. Unknown name \"{name}\"{at}: Proto field is not repeating, cannot start list.", refusal.Message);
                    Assert.Equal(field.FieldPath, refusal.Path);
                }
            }
        }
    }

    [Fact]
    public void List_in_place_of_a_map_is_refused() => Assert.Equal(
        "Invalid value at 'setup.labels' (Map), Cannot bind a list to map for field 'labels'.", Wire.Refused("""{"setup":{"labels":[{"a":"b"}]}}""").Message);

    [Fact]
    public void Client_keeps_a_list_in_place_of_one_value_aside()
    {
        foreach (var field in TableWalk.Fields(WireTypes.LiveSessionResponse).Where(IsSingle))
            Assert.Equal("[1]", Wire.Response(field.Json("[1]")).Extra![field.FieldPath].GetRawText());
    }

    [Theory]
    [InlineData("""{"clientContent":{"turns":"a"}}""", "Invalid value at 'client_content.turns' (", "\"a\"")]
    [InlineData("""{"setup":{"tools":true}}""", "Invalid value at 'setup.tools' (", "true")]
    [InlineData("""{"setup":{"generationConfig":{"responseModalities":"loud"}}}""", "Invalid value at 'setup.generation_config.response_modalities' (TYPE_ENUM)", "\"loud\"")]
    [InlineData("""{"setup":{"generationConfig":{"responseModalities":["loud"]}}}""", "Invalid value at 'setup.generation_config.response_modalities[0]' (TYPE_ENUM)", "\"loud\"")]
    public void Single_value_of_another_type_is_refused(string json, string start, string end)
    {
        var refusal = Wire.Refused(json).Message;

        Assert.StartsWith(start, refusal, StringComparison.Ordinal);
        Assert.EndsWith(end, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"LOUD\"")]
    [InlineData("[\"LOUD\",\"AUDIO\"]")]
    public void Relay_reads_past_enum_names_that_it_does_not_know(string modalities)
    {
        var json = Encoding.UTF8.GetBytes($$$$$$"""{"setup":{"model":"m","generationConfig":{"responseModalities":{{{{{{modalities}}}}}},"seed":1}}}""");

        var request = LiveCodec.DecodeRequest(json, LiveCompatibility.Strict, out var unknown);

        Assert.Equal(1, request.Setup!.GenerationConfig!.Seed);
        Assert.Contains("\"LOUD\"", unknown!.Message, StringComparison.Ordinal);
    }

    private static bool IsList(TableField field) => field.Field is { Codec: { Element: not null, IsMap: false }, JsonName: not "mediaChunks" };

    private static bool IsSingle(TableField field) => field.Field.Codec is { Element: null } codec && codec != JsonCodec.Any;

    private static IReadOnlyList<string>? Names(TableField field) => field.Field.Codec.Names ?? field.Field.Codec.Element?.Names;

    private static JsonElement TokenRequest(string json, LiveCompatibility compatibility)
    {
        var request = LiveCodec.DecodeAuthTokenRequest(Encoding.UTF8.GetBytes(json), compatibility);
        return Wire.Written(output => LiveCodec.Encode(request, output));
    }
}
