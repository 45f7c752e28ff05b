using System.Text;
using Microsoft.Extensions.AI;
using Parley.Protocol;
using Parley.Server.Calls;

namespace Parley.Server.Tests.Calls;

/// <summary>What a call adds to a setup, in the client's message.</summary>
public sealed class SetupEditTests
{
    private const string Function = """{"functionDeclarations":[{"name":"look_up","parametersJsonSchema":{"type":"object","properties":{}}}]}""";

    [Theory]
    [InlineData("""{"setup":{}}""", """{"setup":{"tools":[FUNCTION]}}""")]
    [InlineData("""{ "setup" : { "model":"models/m" , "unknownMember": 1.50 } }""", """{ "setup" : {"tools":[FUNCTION], "model":"models/m" , "unknownMember": 1.50 } }""")]
    [InlineData("""{"setup":{"tools":[ {"googleSearch":{ },"unknown":7} ],"model":"models/m"}}""", """{"setup":{"tools":[ {"googleSearch":{ },"unknown":7} ,FUNCTION],"model":"models/m"}}""")]
    [InlineData("""{"setup":{"tools":[],"model":"models/m"}}""", """{"setup":{"tools":[FUNCTION],"model":"models/m"}}""")]
    [InlineData("""{"setup":{"tools":{"googleSearch":{}}}}""", """{"setup":{"tools":[{"googleSearch":{}},FUNCTION]}}""")]
    [InlineData("""{"setup":{"tools":[{"function_declarations":[{"name":"look_up"},{"name":"other"}]}]}}""", """{"setup":{"tools":[{"functionDeclarations":[{"name":"other"}]},FUNCTION]}}""")]
    public void Functions_are_added_and_everything_else_stays_as_it_was_sent(string message, string expected) =>
        Assert.Equal(expected.Replace("FUNCTION", Function, StringComparison.Ordinal), Apply(message, static additions => additions.Add(AIFunctionFactory.Create(static () => { }, "look_up"))));

    [Theory]
    [InlineData("""{"setup":{"model":"models/m"}}""", """{"setup":{"systemInstruction":{"parts":[{"text":"Be brief."}]},"model":"models/m"}}""")]
    [InlineData("""{"setup":{"system_instruction":{"parts":[{"text":"Hi"}]},"more":[1]}}""", """{"setup":{"system_instruction":{"parts":[{"text":"Hi"},{"text":"Be brief."}]},"more":[1]}}""")]
    public void Instruction_is_added_and_everything_else_stays_as_it_was_sent(string message, string expected) =>
        Assert.Equal(expected, Apply(message, static additions => additions.Add("Be brief.")));

    [Fact]
    public void Both_are_added_in_either_order_of_the_message()
    {
        Assert.Equal(
            """{"setup":{"systemInstruction":{"parts":[{"text":"Hi"},{"text":"Be brief."}]},"tools":[FUNCTION]},"rest":true}""".Replace("FUNCTION", Function, StringComparison.Ordinal),
            Apply("""{"setup":{"systemInstruction":{"parts":[{"text":"Hi"}]},"tools":[]},"rest":true}""", AddBoth));
        Assert.Equal(
            """{"rest":true,"setup":{"tools":[{"googleSearch":{}},FUNCTION],"systemInstruction":{"parts":[{"text":"Hi"},{"text":"Be brief."}]}}}""".Replace("FUNCTION", Function, StringComparison.Ordinal),
            Apply("""{"rest":true,"setup":{"tools":[{"googleSearch":{}}],"systemInstruction":{"parts":[{"text":"Hi"}]}}}""", AddBoth));
        Assert.Equal(
            """{"setup":{"tools":[FUNCTION],"systemInstruction":{"parts":[{"text":"Be brief."}]},"model":"models/m"}}""".Replace("FUNCTION", Function, StringComparison.Ordinal),
            Apply("""{"setup":{"model":"models/m"}}""", AddBoth));
        Assert.Equal(
            """{"setup":{"tools":[FUNCTION],"systemInstruction":{"parts":[{"text":"Be brief."}]} }}""".Replace("FUNCTION", Function, StringComparison.Ordinal),
            Apply("""{"setup":{ }}""", AddBoth));
        var added = LiveCodec.DecodeSetup(Encoding.UTF8.GetBytes(Apply("""{"setup":{"model":"models/m"}}""", AddBoth)[9..^1]));
        Assert.Equal(("Be brief.", "look_up"), (added.SystemInstruction!.Parts!.Single().Text, added.Tools!.Single().FunctionDeclarations!.Single().Name));
    }

    [Fact]
    public void Transcription_is_added_also_in_place_of_null()
    {
        var before = new Setup();
        var after = before with { InputAudioTranscription = new AudioTranscriptionConfig(), OutputAudioTranscription = new AudioTranscriptionConfig() };

        Assert.Equal(
            """{"setup":{"outputAudioTranscription":{},"input_audio_transcription":{},"x":1}}""",
            Encoding.UTF8.GetString(SetupEdit.Apply("""{"setup":{"input_audio_transcription":null,"x":1}}"""u8, before, after)));
    }

    private static void AddBoth(CallAdditions additions)
    {
        additions.Add("Be brief.");
        additions.Add(AIFunctionFactory.Create(static () => { }, "look_up"));
    }

    private static string Apply(string message, Action<CallAdditions> add)
    {
        var additions = new CallAdditions();
        add(additions);
        var setup = LiveCodec.DecodeRequest(Encoding.UTF8.GetBytes(message), LiveCompatibility.Guide, out _).Setup!;
        return Encoding.UTF8.GetString(SetupEdit.Apply(Encoding.UTF8.GetBytes(message), setup, additions.ApplyTo(setup)));
    }
}
