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
}
