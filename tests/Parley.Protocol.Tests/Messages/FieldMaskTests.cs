using System.Text;
using Parley.Protocol.Codec;
using Parley.Protocol.Tests.Support;

namespace Parley.Protocol.Tests.Messages;

/// <summary>Paths of a token's field mask (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#113-which-setup-is-effective">protocol 11.3</see>).</summary>
public sealed class FieldMaskTests
{
    [Theory]
    [InlineData("model", """{"model":"models/a"}""", """{"model":"models/b"}""", """{"model":"models/a"}""")]
    [InlineData("model", "{}", """{"model":"models/b"}""", "{}")]
    [InlineData("generationConfig.temperature", """{"generationConfig":{"temperature":1,"seed":1}}""", """{"generationConfig":{"temperature":2,"seed":2}}""", """{"generationConfig":{"temperature":1,"seed":2}}""")]
    [InlineData("generation_config.temperature", """{"generationConfig":{"temperature":1}}""", "{}", """{"generationConfig":{"temperature":1}}""")]
    [InlineData("generationConfig.temperature", "{}", """{"generationConfig":{"temperature":2,"seed":2}}""", """{"generationConfig":{"seed":2}}""")]
    [InlineData("sessionResumption.handle", "{}", "{}", "{}")]
    [InlineData("systemInstruction.role", """{"systemInstruction":{"role":"user"}}""", """{"systemInstruction":{"parts":[]}}""", """{"systemInstruction":{"role":"user","parts":[]}}""")]
    [InlineData("tools", """{"tools":[]}""", """{"tools":[{}]}""", """{"tools":[]}""")]
    public void Field_mask_path_copies_a_value_or_its_absence(string path, string locked, string sent, string effective)
    {
        var setup = Wire.Setup(sent);

        Assert.True(setup.TryCopyPath(Wire.Setup(locked), path));

        Wire.Equal($$"""{"setup":{{effective}}}""", Wire.Encode(new LiveSessionRequest { Setup = setup }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("modelName")]
    [InlineData("model.name")]
    [InlineData("tools.googleSearch")]
    [InlineData("generationConfig.")]
    [InlineData("generationConfig.warmth")]
    [InlineData(".model")]
    public void Unknown_field_mask_path_is_refused_and_changes_nothing(string path)
    {
        var setup = new Setup { Model = "models/b" };

        Assert.False(setup.TryCopyPath(new Setup { Model = "models/a" }, path));
        Assert.Equal(new Setup { Model = "models/b" }, setup);
    }

    [Theory]
    [InlineData("", """{"model":"m","tools":[]}""", "")]
    [InlineData("model", """{"model":"m"}""", "")]
    [InlineData("model, tools", """{"tools":[]}""", "")]
    [InlineData("model", """{"model":"m","generationConfig":{"speechConfig":{}},"tools":[]}""", "generation_config tools")]
    [InlineData("model,generationConfig", """{"model":"m","generationConfig":{"speechConfig":{},"seed":1}}""", "")]
    [InlineData("model,generation_config.seed", """{"model":"m","generationConfig":{"speechConfig":{},"seed":1}}""", "generation_config.speech_config")]
    [InlineData("generationConfig.seed,generation_config.speechConfig.languageCode",
        """{"generationConfig":{"speechConfig":{"languageCode":"de-DE","voiceConfig":{}},"topK":1}}""",
        "generation_config.top_k generation_config.speech_config.voice_config")]
    [InlineData("systemInstruction.role", """{"systemInstruction":{"parts":[]}}""", "system_instruction.parts")]
    [InlineData("sessionResumption.handle", """{"sessionResumption":{}}""", "")]
    [InlineData("tools.0", """{"tools":[]}""", "tools")]
    public void Members_that_the_mask_does_not_cover_are_found(string mask, string setup, string unmasked) => Assert.Equal(
        unmasked.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        new AuthTokenRequest { FieldMask = mask, BidiGenerateContentSetup = Wire.Setup(setup) }.FindUnmaskedPaths());

    [Fact]
    public void Every_field_of_the_setup_is_covered_by_its_path_alone()
    {
        foreach (var field in TableWalk.Fields(WireTypes.Setup).Where(static field => !field.Before.Contains('[') && !field.Before.Contains("\"k\"", StringComparison.Ordinal)))
        {
            var value = new MessageGenerator(1).Value(field.Field.Codec).Sent!.ToJsonString();
            var request = new AuthTokenRequest { FieldMask = field.FieldPath, BidiGenerateContentSetup = Wire.Setup(field.Json(value)) };
            Assert.Empty(request.FindUnmaskedPaths());

            request.FieldMask = field.FieldPath == "model" ? "tools" : "model";
            Assert.Equal([field.FieldPath.Split('.')[0]], request.FindUnmaskedPaths());
        }
    }

    [Theory]
    [InlineData("""{"liveConnectConstraints":{"model":"m","config":{"temperature":1,"tools":{}}},"lockAdditionalFields":[]}""")]
    [InlineData("""{"liveConnectConstraints":{"config":{"generationConfig":{}}},"lockAdditionalFields":"seed"}""")]
    [InlineData("""{"bidiGenerateContentSetup":{"model":"m"}}""")]
    [InlineData("{}")]
    public void Lock_list_of_the_sdks_covers_all_that_is_set(string json) =>
        Assert.Empty(LiveCodec.DecodeAuthTokenRequest(Encoding.UTF8.GetBytes(json)).FindUnmaskedPaths());
}
