using Parley.Conversation.Tests.Kit;

namespace Parley.Conversation.Tests;

/// <summary>Extended thinking: turnComplete says whether the interaction is over.</summary>
public sealed class InteractionStatusTests
{
    private static readonly string Functions = Talk.Functions(Talk.Declare("alarm", "NON_BLOCKING"));

    [Fact]
    public void A_turn_without_open_calls_ends_the_interaction()
    {
        var talk = Talk.With(options: Reports);
        talk.Types("Hello");
        talk.Finishes();
        talk.Expect("generate 1", "generationComplete", "turnComplete IDLE");
    }

    [Fact]
    public void An_open_call_keeps_the_interaction_in_progress()
    {
        var talk = Talk.With(Functions, Reports);
        talk.Types("Wake me");
        talk.Calls("alarm");
        talk.Expect("generate 1", "toolCall call-1:alarm", "generationComplete", "turnComplete IN_PROGRESS");
        talk.Responds(Talk.Result("call-1"));
        talk.Finishes();
        talk.Expect("generate 2", "generationComplete", "turnComplete IDLE");
    }

    [Fact]
    public void Other_models_report_no_interaction_status()
    {
        var talk = Talk.With(Functions);
        talk.Types("Wake me");
        talk.Calls("alarm");
        talk.Expect("generate 1", "toolCall call-1:alarm", "generationComplete", "turnComplete");
    }

    [Fact]
    public void A_result_still_to_be_spoken_keeps_the_interaction_in_progress()
    {
        var talk = Talk.With(Functions, Reports);
        talk.Types("Wake me");
        talk.Calls("alarm");
        talk.Types("Meanwhile");
        talk.Skip();
        talk.Responds(Talk.Result("call-1"));
        talk.Finishes();
        talk.Expect("generationComplete", "turnComplete IN_PROGRESS", "generate 3");
        talk.Finishes();
        talk.Expect("generationComplete", "turnComplete IDLE");
    }

    [Fact]
    public void A_silent_result_ends_the_interaction_without_a_turn()
    {
        var talk = Talk.With(Functions, Reports);
        talk.Types("Wake me");
        talk.Calls("alarm");
        talk.Skip();
        talk.Responds("""{"id":"call-1","response":{},"scheduling":"SILENT"}""");
        talk.Expect("IDLE");
    }

    private static ConversationOptions Reports(ConversationOptions options) => options with { ReportsInteractionStatus = true };
}
