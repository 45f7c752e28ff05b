using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>Instruction and tools changed in the middle of a session.</summary>
public sealed class ContextUpdateTests
{
    private static readonly string Setup = """
        "systemInstruction":{"parts":[{"text":"Be brief."}]},
        """ + Talk.Functions(Talk.Declare("look"));

    [Fact]
    public void The_chat_model_receives_instruction_and_tools_of_the_setup()
    {
        var talk = Talk.With(Setup);
        talk.Types("Hello");
        Assert.Equal("Be brief.", talk.Request.SystemInstruction);
        Assert.Equal(["look"], talk.Request.Functions.Select(f => f.Name));
    }

    [Fact]
    public void An_instruction_is_replaced_and_the_tools_are_kept()
    {
        var talk = Talk.With(Setup);
        talk.Client("""{"contextUpdate":{"systemInstruction":{"parts":[{"text":"Be kind."},{"text":"Rhyme."}]}}}""");
        talk.Types("Hello");
        Assert.Equal("Be kind.\n\nRhyme.", talk.Request.SystemInstruction);
        Assert.Equal(["look"], talk.Request.Functions.Select(f => f.Name));
    }

    [Fact]
    public void Tools_are_replaced_and_the_instruction_is_kept()
    {
        var talk = Talk.With(Setup);
        talk.Client("""{"contextUpdate":{"tools":{"tools":[{"functionDeclarations":[{"name":"alarm","behavior":"NON_BLOCKING"}]}]}}}""");
        talk.Types("Hello");
        Assert.Equal("Be brief.", talk.Request.SystemInstruction);
        Assert.Equal(["alarm"], talk.Request.Functions.Select(f => f.Name));
        talk.Calls("alarm");
        talk.Expect("generate 1", "toolCall call-1:alarm", "generationComplete", "turnComplete");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"tools":[]}""")]
    public void An_empty_list_clears_the_tools(string tools)
    {
        var talk = Talk.With(Setup);
        talk.Client($$$"""{"contextUpdate":{"tools":{{{tools}}}}}""");
        talk.Types("Hello");
        Assert.Empty(talk.Request.Functions);
    }

    [Fact]
    public void A_running_answer_keeps_its_instruction_and_tools()
    {
        var talk = Talk.With(Setup);
        talk.Types("Hello");
        var running = talk.Request;
        talk.Client("""{"contextUpdate":{"tools":{}}}""");
        Assert.Equal(["look"], running.Functions.Select(f => f.Name));
        talk.Finishes();
        talk.Expect("generate 1", "generationComplete", "turnComplete");
    }
}
